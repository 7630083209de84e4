import { join } from 'node:path';
import { FileUnreadableError } from './fileErrors.ts';
import type { OpenFile } from './openedFile.ts';
import { openLocalFile } from './openLocalFile.ts';

/** The directory of the function's code that has the files of its pulls. */
export const shippedDirectory = 'files';

/**
 * The name that a file has in the function's code. Different paths have different names, and none leads out of its directory.
 *
 * @param from as the pull names it, relative to the triggers file
 * @example shippedName('./data/ids.csv') // 'data%2Fids.csv'
 */
export function shippedName(from: string): string {
  return encodeURIComponent(from.replace(/^(?:\.\/)+/, ''));
}

/** Opens files that came with the function's code. */
export function shippedFiles(codeDirectory: string): OpenFile {
  return async (from, signal, start) => {
    const path = join(codeDirectory, shippedDirectory, shippedName(from));
    const opened = await openLocalFile(path, from, signal, start);
    if (opened === undefined) {
      throw new FileUnreadableError(
        `There is no file ${from} in the function's code: name it in the pull's files`,
      );
    }
    return opened;
  };
}
