import { fileURLToPath } from 'node:url';

/** Absolute path of the project, whatever directory the command is run in. */
export const projectRoot: string = fileURLToPath(new URL('../..', import.meta.url)).replace(/\/$/, '');
