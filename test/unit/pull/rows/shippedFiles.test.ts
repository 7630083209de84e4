import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
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
    const { bytes } = await shippedFiles(directory)('../data/ids.csv', signal);
    expect(await text(Readable.from(bytes))).toBe('id\n1\n');
  });

  it('is opened at a byte, unless it has changed since', async () => {
    const path = join(directory, 'files', shippedName('./more.csv'));
    writeFileSync(path, 'id\n1\n2\n');
    const open = shippedFiles(directory);
    const { version } = await open('./more.csv', signal);
    const { bytes } = await open('./more.csv', signal, { byte: 5, version });
    expect(await text(Readable.from(bytes))).toBe('2\n');
    writeFileSync(path, 'id\n1\n');
    await expect(open('./more.csv', signal, { byte: 5, version })).rejects.toThrow(
      'The file ./more.csv has changed since the pull began to read it; start the pull again',
    );
  });

  it.each(['./none.csv', '/etc/passwd', '..', '.', ''])(
    'is not another one of the machine: %s',
    async (from) => {
      await expect(shippedFiles(directory)(from, signal)).rejects.toThrow(FileUnreadableError);
    },
  );
});
