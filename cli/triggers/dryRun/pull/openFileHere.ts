import { dirname, resolve } from 'node:path';
import { FileUnreadableError } from '../../../../functions/pull/rows/fileErrors.ts';
import type { OpenFile } from '../../../../functions/pull/rows/openedFile.ts';
import { openFiles } from '../../../../functions/pull/rows/openFile.ts';
import { openLocalFile } from '../../../../functions/pull/rows/openLocalFile.ts';

/**
 * Opens files for a dry run: of S3 with the AWS credentials of the environment, those beside the triggers file, and downloads.
 *
 * @param origin as for `openFiles`
 */
export function openFileHere(triggersFile: string, origin: string | undefined): OpenFile {
  let opensS3: Promise<OpenFile> | undefined;
  return openFiles({
    s3: async (from, signal, start) => {
      opensS3 ??= openingS3();
      return await (await opensS3)(from, signal, start);
    },
    shipped: async (from, signal, start) => {
      const opened = await openLocalFile(resolve(dirname(triggersFile), from), from, signal, start);
      if (opened === undefined) {
        throw new FileUnreadableError(`There is no file ${from} beside the triggers file`);
      }
      return opened;
    },
    origin,
  });
}

async function openingS3(): Promise<OpenFile> {
  const { openS3Objects } = await import('../../../../functions/pull/rows/openS3Objects.ts');
  const { AWS_REGION, AWS_DEFAULT_REGION, AWS_PROFILE } = process.env;
  const region = AWS_REGION ?? AWS_DEFAULT_REGION;
  // A bucket says its region itself, so any region will do where none is set.
  return openS3Objects(
    region === undefined && AWS_PROFILE !== undefined ? {} : { region: region ?? 'us-east-1' },
  );
}
