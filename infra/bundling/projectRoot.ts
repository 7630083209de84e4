import { fileURLToPath } from 'node:url';

/** Absolute path of the project, independent of the working directory. */
export const projectRoot: string = fileURLToPath(new URL('../..', import.meta.url)).replace(/\/$/, '');
