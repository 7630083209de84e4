import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { afterAll, describe, expect, it } from 'vitest';
import { openS3Folder } from '../../../../functions/pull/rows/openS3Folder.ts';

const folder = mkdtempSync(join(tmpdir(), 's3-folder-'));
const { signal } = new AbortController();

afterAll(() => rmSync(folder, { recursive: true }));

describe('a file of S3 in the local system', () => {
  it('is read from a folder with the names of bucket and key', async () => {
    mkdirSync(join(folder, 'my-bucket', 'a b'), { recursive: true });
    writeFileSync(join(folder, 'my-bucket', 'a b', 'ids.csv'), 'id\n1\n2\n');
    const open = openS3Folder(folder);
    const { bytes } = await open('s3://my-bucket/a b/ids.csv', signal, { byte: 5 });
    expect(await text(Readable.from(bytes))).toBe('2\n');
  });

  it('is missed with a sentence that says where to put it', async () => {
    await expect(openS3Folder(folder)('s3://my-bucket/none.csv', signal)).rejects.toThrow(
      `There is no file s3://my-bucket/none.csv in the local system: put it at ${join(folder, 'my-bucket', 'none.csv')}, or name another folder in S3_FOLDER`,
    );
  });

  it.each(['s3://my-bucket/../../outside.csv', 's3://my-bucket/*', 's3://my-bucket'])(
    'is nothing outside of the folder: %s',
    async (from) => {
      writeFileSync(join(folder, '..', 'outside.csv'), 'id\n1\n');
      await expect(openS3Folder(folder)(from, signal)).rejects.toThrow('There is no file');
      rmSync(join(folder, '..', 'outside.csv'));
    },
  );
});
