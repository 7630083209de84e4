import { copyFileSync, mkdirSync, statSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { shippedDirectory, shippedName } from '../../functions/pull/rows/shippedFiles.ts';
import type { TriggerPull } from '../../functions/pulls/pullOf.ts';

/** Lambda takes 250 MB of code in all. Larger files belong into S3. */
export const mostShippedBytes = 50_000_000;

/** The files of this machine that pulls read. */
export function shippedFilesOf(pulls: readonly TriggerPull[]): readonly string[] {
  const files = new Set(pulls.flatMap(({ pull }) => pull.files ?? []));
  return [...files].filter((file) => !/^[a-z][a-z0-9+.-]*:/i.test(file));
}

/** Copies files into the code of the puller. They are relative to the triggers file. */
export function shipFiles(files: readonly string[], triggersFile: string, codeDirectory: string): void {
  for (const file of files) {
    const target = join(codeDirectory, shippedDirectory, shippedName(file));
    mkdirSync(dirname(target), { recursive: true });
    copyFileSync(pathOf(file, triggersFile), target);
  }
}

/** What is wrong with a file of this machine; `undefined` if nothing is. */
export function problemOfShipped(file: string, triggersFile: string): string | undefined {
  const path = pathOf(file, triggersFile);
  const found = statSync(path, { throwIfNoEntry: false });
  if (found?.isFile() !== true) {
    return `there is no file ${path}: paths are relative to the triggers file`;
  }
  return found.size > mostShippedBytes
    ? `${path} has ${Math.ceil(found.size / 1_000_000)} MB, and at most ${mostShippedBytes / 1_000_000} are shipped with the ` +
        'function: put it into S3, and name it as s3://bucket/key'
    : undefined;
}

function pathOf(file: string, triggersFile: string): string {
  return resolve(dirname(resolve(triggersFile)), file);
}
