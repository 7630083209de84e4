import { copyFileSync, mkdirSync, statSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { shippedDirectory, shippedName } from '../../functions/pull/rows/shippedFiles.ts';
import type { TriggerPull } from '../../functions/pulls/pullOf.ts';

/** The most that all files together may have. Lambda takes 250 MB of code; what is large belongs into S3. */
export const mostShippedBytes = 50_000_000;

/** The files of this machine that pulls read, as the pulls name them. */
export function shippedFilesOf(pulls: readonly TriggerPull[]): readonly string[] {
  const files = new Set(pulls.flatMap(({ pull }) => pull.files ?? []));
  return [...files].filter((file) => !/^[a-z][a-z0-9+.-]*:/i.test(file));
}

/** Copies files into the code of the puller. */
export function shipFiles(files: readonly string[], triggersFile: string, codeDirectory: string): void {
  for (const file of files) {
    const target = join(codeDirectory, shippedDirectory, shippedName(file));
    mkdirSync(dirname(target), { recursive: true });
    copyFileSync(pathOfShipped(file, triggersFile), target);
  }
}

/** Bytes of a file; `undefined` if there is none. */
export function sizeOfShipped(file: string, triggersFile: string): number | undefined {
  const found = statSync(pathOfShipped(file, triggersFile), { throwIfNoEntry: false });
  return found?.isFile() === true ? found.size : undefined;
}

/** Absolute path of a file, which is named from the directory of the triggers file. */
export function pathOfShipped(file: string, triggersFile: string): string {
  return resolve(dirname(resolve(triggersFile)), file);
}
