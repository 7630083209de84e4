import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** Whether this is the JavaScript of the package, in `dist/`, and not the TypeScript of the repository. */
const isBuilt = import.meta.url.endsWith('.js');

/** Absolute path of the repository or the installed package, independent of the working directory. */
export const projectRoot: string = fileURLToPath(
  new URL(isBuilt ? '../../..' : '../..', import.meta.url),
).replace(/\/$/, '');

/**
 * Absolute path of a module of ours that is run or bundled by its path.
 *
 * @param source the path in the repository, such as `functions/receiver.ts`
 * @returns that file; in the package, the JavaScript that is made of it
 */
export function modulePath(source: string): string {
  return isBuilt ? join(projectRoot, 'dist', source.replace(/\.ts$/, '.js')) : join(projectRoot, source);
}
