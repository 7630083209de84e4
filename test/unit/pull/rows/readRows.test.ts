import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { csvRows } from '../../../../functions/pull/rows/csvRows.ts';
import { FileUnavailableError, FileUnreadableError } from '../../../../functions/pull/rows/fileErrors.ts';
import { download, openFiles } from '../../../../functions/pull/rows/openFile.ts';
import { rowsReader } from '../../../../functions/pull/rows/readRows.ts';
import type { Fold, Row, RowsFile } from '../../../../functions/pulls/pull.ts';

const gathered: Fold<Row[]> = {
  start: () => [],
  row: (rows, row) => [...rows, row],
  end: (rows) => rows,
};
const signal = AbortSignal.timeout(600_000);

/** The rows of a file that comes in pieces of so many bytes. */
async function rowsOf(
  bytes: Uint8Array | string,
  file: Partial<RowsFile> = {},
  pieceBytes = 3,
): Promise<unknown> {
  const whole = Buffer.from(bytes as string);
  async function* pieces(): AsyncGenerator<Uint8Array> {
    for (let start = 0; start < whole.length; start += pieceBytes) {
      yield whole.subarray(start, start + pieceBytes);
    }
  }
  const read = rowsReader(() => Promise.resolve(pieces()), csvRows);
  return (await read({ from: 'x', format: 'csv', ...file }, gathered, signal)).value;
}

/** The header and two rows of an export, as SendGrid writes it: all values in quotes, empty ones bare. */
const contacts = [
  '"EMAIL","FIRST_NAME","CITY","COUNTRY","plan"',
  '"a@example.com","Ann","Berlin, ""Mitte""",DE,"pro"',
  '"b@example.com",,"São\nPaulo","BR",',
].join('\n');

describe('the rows of a CSV file', () => {
  const rows = [
    { EMAIL: 'a@example.com', FIRST_NAME: 'Ann', CITY: 'Berlin, "Mitte"', COUNTRY: 'DE', plan: 'pro' },
    { EMAIL: 'b@example.com', FIRST_NAME: '', CITY: 'São\nPaulo', COUNTRY: 'BR', plan: '' },
  ];

  it('are read by the names of its columns, however the bytes are cut', async () => {
    for (const pieceBytes of [1, 2, 3, 7, 1_000]) {
      expect(await rowsOf(contacts, {}, pieceBytes)).toEqual(rows);
    }
  });

  it('are read from gzip, which nothing announces', async () => {
    for (const pieceBytes of [1, 5, 1_000]) {
      expect(await rowsOf(gzipSync(contacts), {}, pieceBytes)).toEqual(rows);
    }
  });

  it('may be a part of the file', async () => {
    expect(await rowsOf('n\n1\n2\n3\n4\n', { skip: 1, take: 2 })).toEqual([{ n: '2' }, { n: '3' }]);
    expect(await rowsOf('n\n1\n', { skip: 5 })).toEqual([]);
    expect(await rowsOf('')).toEqual([]);
  });

  it('are those of all parts of the file, one after the other', async () => {
    const read = rowsReader(
      (part) => Promise.resolve(new Response(`n\n${part}1\n${part}2\n`).body as never),
      csvRows,
    );
    const file: RowsFile = { from: ['a', 'b', 'c'], format: 'csv', skip: 1, take: 3 };
    const { value, rows } = await read(file, gathered, signal);
    expect(value).toEqual([{ n: 'a2' }, { n: 'b1' }, { n: 'b2' }]);
    expect(rows).toBe(3);
  });

  it('fail, and do not hang, when the file breaks off', async () => {
    const half = gzipSync(contacts).subarray(0, 60);
    await expect(rowsOf(half)).rejects.toThrow('unexpected end of file');
    async function* broken(): AsyncGenerator<Uint8Array> {
      yield gzipSync(contacts).subarray(0, 60);
      throw new Error('terminated');
    }
    const read = rowsReader(() => Promise.resolve(broken()), csvRows);
    await expect(read({ from: 'x', format: 'csv' }, gathered, signal)).rejects.toThrow('terminated');
  });

  it('fail with a sentence when the fold throws', async () => {
    const read = rowsReader(() => Promise.resolve(new Response('n\n1\n').body as never), csvRows);
    const row = (): never => {
      throw new Error('no such column');
    };
    await expect(read({ from: 'x', format: 'csv' }, { ...gathered, row }, signal)).rejects.toThrow(
      'A row cannot be folded: no such column',
    );
  });

  it('are refused with the place and none of the text when they cannot be read', async () => {
    const read = rowsOf('a,b\n1,2\n"3,secret');
    await expect(read).rejects.toThrow(FileUnreadableError);
    await expect(rowsOf('a,b\n1,2\n"3,secret')).rejects.not.toThrow(/secret/);
  });
});

describe('the rows of an NDJSON file', () => {
  it('are its lines, however the bytes are cut', async () => {
    const text = '{"a":"é"}\n\n{"a":2}\r\n{"a":3}';
    for (const pieceBytes of [1, 2, 5, 1_000]) {
      expect(await rowsOf(text, { format: 'ndjson' }, pieceBytes)).toEqual([{ a: 'é' }, { a: 2 }, { a: 3 }]);
    }
  });

  it('are refused by number when one is not an object', async () => {
    const read = rowsOf('{"a":1}\nsecret', { format: 'ndjson' });
    await expect(read).rejects.toThrow('Line 2 of the file is not a JSON object');
  });
});

describe('the file of a URL', () => {
  const answers =
    (status: number, asked: string[] = []): typeof fetch =>
    async (url) => {
      asked.push(String(url));
      return new Response('a\n1\n', { status });
    };

  it('is downloaded without a key', async () => {
    const requests: RequestInit[] = [];
    const fetchUrl: typeof fetch = async (_url, init = {}) => {
      requests.push(init);
      return new Response('a\n1\n');
    };
    const read = rowsReader(openFiles({}, fetchUrl), csvRows);
    const { value } = await read({ from: 'https://s3.example.com/x?key', format: 'csv' }, gathered, signal);
    expect(value).toEqual([{ a: '1' }]);
    expect(requests).toMatchObject([{ redirect: 'manual', headers: { 'accept-encoding': 'identity' } }]);
  });

  it.each([302, 403, 404, 500])('may be had again later when it is answered %i', async (status) => {
    const failed = download('https://s3.example.com/x', signal, answers(status));
    await expect(failed).rejects.toThrow(FileUnavailableError);
  });

  it.each([
    'http://s3.example.com/x',
    'https://169.254.169.254/latest',
    'https://[::1]/x',
    'https://localhost/x',
    'https://user:word@s3.example.com/x',
    'file:///etc/passwd',
    '/etc/passwd',
    's3://bucket/key',
  ])('is not read from %s', async (from) => {
    const asked: string[] = [];
    await expect(openFiles({}, answers(200, asked))(from, signal)).rejects.toThrow(FileUnreadableError);
    expect(asked).toEqual([]);
  });

  it('may be a file of S3 or one that came with the function, where that is set up', async () => {
    const opened: string[] = [];
    const open = (from: string): Promise<AsyncIterable<Uint8Array>> => {
      opened.push(from);
      return Promise.resolve(new Response('a\n1\n').body as AsyncIterable<Uint8Array>);
    };
    const files = openFiles({ s3: open, shipped: open });
    await files('s3://bucket/ids.csv', signal);
    await files('./ids.csv', signal);
    expect(opened).toEqual(['s3://bucket/ids.csv', './ids.csv']);
  });
});
