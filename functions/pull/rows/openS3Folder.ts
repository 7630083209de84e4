import { join, relative, resolve } from 'node:path';
import { FileUnreadableError } from './fileErrors.ts';
import type { OpenFile } from './openedFile.ts';
import { openLocalFile } from './openLocalFile.ts';
import { s3Location } from './s3Location.ts';

/** Opens `s3://bucket/key` as `<folder>/bucket/key`, for the local system. */
export function openS3Folder(folder: string): OpenFile {
  return async (from, signal, start) => {
    const location = s3Location(from);
    const path = location && resolve(folder, location.bucket, location.key);
    const isInside = path !== undefined && !relative(folder, path).startsWith('..');
    const opened = isInside ? await openLocalFile(path, from, signal, start) : undefined;
    if (opened === undefined) {
      const place = location === undefined ? folder : join(folder, location.bucket, location.key);
      throw new FileUnreadableError(
        `There is no file ${from} in the local system: put it at ${place}, or name another folder in S3_FOLDER`,
      );
    }
    return opened;
  };
}
