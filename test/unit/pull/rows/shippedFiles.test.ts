import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { afterAll, describe, expect, it } from 'vitest';
import { FileUnreadableError } from '../../../../functions/pull/rows/fileErrors.ts';
import { shippedFiles, shippedName } from '../../../../functions/pull/rows/shippedFiles.ts';

const directory = mkdtempSync(join(tmpdir(), 'mavera-triggers-test-'));
const { signal } = new AbortController();

afterAll(() => rmSync(directory, { recursive: true }));

describe('a file that came with the function', () => {
  it.each([
    ['./ids.csv', 'ids.csv'],
    ['ids.csv', 'ids.csv'],
    ['./data/ids.csv', 'data%2Fids.csv'],
    ['../ids.csv', '..%2Fids.csv'],
    ['/etc/passwd', '%2Fetc%2Fpasswd'],
    ['./ÄRZTE 1.csv', '%C3%84RZTE%201.csv'],
  ])('has a name of its own, in one directory: %s', (from, name) => {
    expect(shippedName(from)).toBe(name);
  });

  it('is opened by the path that the pull names', async () => {
    mkdirSync(join(directory, 'files'));
    writeFileSync(join(directory, 'files', shippedName('../data/ids.csv')), 'id\n1\n');
    const file = await shippedFiles(directory)('../data/ids.csv', signal);
    expect(await text(file as AsyncIterable<Uint8Array> & NodeJS.ReadableStream)).toBe('id\n1\n');
  });

  it.each(['./none.csv', '/etc/passwd', '..', '.', ''])(
    'is not another one of the machine: %s',
    async (from) => {
      await expect(shippedFiles(directory)(from, signal)).rejects.toThrow(FileUnreadableError);
    },
  );
});
