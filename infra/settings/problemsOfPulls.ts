import { s3Location } from '../../functions/pull/rows/s3Location.ts';
import { pullOf } from '../../functions/pulls/pullOf.ts';
import type { Trigger } from '../../functions/triggers/trigger.ts';
import { mostShippedBytes, pathOfShipped, shippedFilesOf, sizeOfShipped } from '../bundling/shipFiles.ts';

/** What is wrong with the files that pulls read, a sentence each. */
export function problemsOfPulls(triggers: readonly Trigger[], triggersFile: string): readonly string[] {
  const pulls = triggers.flatMap((trigger) => pullOf(trigger) ?? []);
  return [
    ...pulls.flatMap(({ trigger: { name }, pull }) =>
      (pull.files ?? [])
        .flatMap((file) => problemOfFile(file, triggersFile) ?? [])
        .map((problem) => `trigger "${name}": ${problem}`),
    ),
    ...problemOfSize(shippedFilesOf(pulls), triggersFile),
  ];
}

function problemOfFile(file: string, triggersFile: string): string | undefined {
  if (/^s3:/i.test(file)) {
    return s3Location(file) === undefined
      ? `the file ${file} is not s3://bucket/key, or its key has *, ? or \${: the puller may read exactly one object.`
      : undefined;
  }
  if (/^[a-z][a-z0-9+.-]*:/i.test(file)) {
    return /^https:/i.test(file)
      ? undefined
      : `the file ${file} cannot be read: give s3://bucket/key, an https: URL, or a path from the triggers file.`;
  }
  return sizeOfShipped(file, triggersFile) === undefined
    ? `there is no file ${pathOfShipped(file, triggersFile)}: give a path from the triggers file.`
    : undefined;
}

function problemOfSize(files: readonly string[], triggersFile: string): readonly string[] {
  const sizes = files.map((file) => sizeOfShipped(file, triggersFile) ?? 0);
  const bytes = sizes.reduce((sum, size) => sum + size, 0);
  return bytes > mostShippedBytes
    ? [
        `The files ${files.join(', ')} have ${megabytes(bytes)} MB, and ${megabytes(mostShippedBytes)} MB are shipped with the ` +
          'puller: put the large ones into S3, and name them as s3://bucket/key.',
      ]
    : [];
}

function megabytes(bytes: number): number {
  return Math.ceil(bytes / 1_000_000);
}
