import { createReadStream } from 'node:fs';
import { access } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { FileUnreadableError } from '../../../../functions/pull/rows/fileErrors.ts';
import { openFiles } from '../../../../functions/pull/rows/openFile.ts';
import type { OpenFile } from '../../../../functions/pull/rows/readRows.ts';

/**
 * Opens files for a dry run: of S3 with the AWS credentials of the environment, those beside the triggers file, and downloads.
 *
 * @param origin as for `openFiles`
 */
export function openFileHere(triggersFile: string, origin: string | undefined): OpenFile {
  return openFiles({
    s3: async (from, signal) => {
      // A bucket says its region itself.
      process.env.AWS_REGION ??= process.env.AWS_DEFAULT_REGION ?? 'us-east-1';
      const { openS3Objects } = await import('../../../../functions/pull/rows/openS3Objects.ts');
      return await openS3Objects()(from, signal);
    },
    shipped: async (from, signal) => {
      const path = resolve(dirname(triggersFile), from);
      await access(path).catch(() => {
        throw new FileUnreadableError(`There is no file ${from} beside the triggers file`);
      });
      return createReadStream(path, { signal });
    },
    origin,
  });
}
