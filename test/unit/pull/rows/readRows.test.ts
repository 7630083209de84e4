import { Readable } from 'node:stream';
import { text as textOf } from 'node:stream/consumers';
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { csvRows } from '../../../../functions/pull/rows/csvRows.ts';
import {
  FileChangedError,
  FileUnavailableError,
  FileUnreadableError,
} from '../../../../functions/pull/rows/fileErrors.ts';
import type { OpenFile } from '../../../../functions/pull/rows/openedFile.ts';
import { download, openFiles } from '../../../../functions/pull/rows/openFile.ts';
import { rowsReader } from '../../../../functions/pull/rows/readRows.ts';
import type { Fold, Row, RowsFile } from '../../../../functions/pulls/pull.ts';

const gathered: Fold<Row[]> = {
  start: () => [],
  row: (rows, row) => [...rows, row],
  end: (rows) => rows,
};
const signal = AbortSignal.timeout(600_000);

function bodyOf(text: string): AsyncIterable<Uint8Array> {
  return new Response(text).body as AsyncIterable<Uint8Array>;
}

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
  const read = rowsReader(() => Promise.resolve({ bytes: pieces() }), csvRows);
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
    expect(await rowsOf('n\n1\n2\n3\n', { take: 2 })).toEqual([{ n: '1' }, { n: '2' }]);
    expect(await rowsOf('')).toEqual([]);
  });

  it('are those of all parts of the file, one after the other', async () => {
    const read = rowsReader((part) => Promise.resolve({ bytes: bodyOf(`n\n${part}1\n${part}2\n`) }), csvRows);
    const file: RowsFile = { from: ['a', 'b', 'c'], format: 'csv', take: 3 };
    const { value, rows } = await read(file, gathered, signal);
    expect(value).toEqual([{ n: 'a1' }, { n: 'a2' }, { n: 'b1' }]);
    expect(rows).toBe(3);
  });

  it('fail, and do not hang, when the file breaks off', async () => {
    const half = gzipSync(contacts).subarray(0, 60);
    await expect(rowsOf(half)).rejects.toThrow('unexpected end of file');
    async function* broken(): AsyncGenerator<Uint8Array> {
      yield gzipSync(contacts).subarray(0, 60);
      throw new Error('terminated');
    }
    const read = rowsReader(() => Promise.resolve({ bytes: broken() }), csvRows);
    await expect(read({ from: 'x', format: 'csv' }, gathered, signal)).rejects.toThrow('terminated');
  });

  it('fail with a sentence when the fold throws', async () => {
    const read = rowsReader(() => Promise.resolve({ bytes: bodyOf('n\n1\n') }), csvRows);
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

describe('a file that is read step by step', () => {
  const csv = ['\uFEFF"id","note"', 'u-1,"a, ""b"""', 'ü-2,"two\r\nlines"', 'u-3,', '', 'u-4', '"u-5","🙂"'];
  const ndjson = ['{"id":"u-1"}', '{"id":"ü-2"}', '', '{"id":"u-3"}', '{"id":"🙂"}'];

  /** All rows, so many at a time, from where the reading before stopped. The place is kept as JSON. */
  async function stepByStep(
    parts: readonly (string | Uint8Array)[],
    format: RowsFile['format'],
    take: number,
    pieceBytes: number,
  ): Promise<{ readonly rows: readonly unknown[]; readonly bytesGiven: number }> {
    let bytesGiven = 0;
    const open: OpenFile = (name, _signal, { byte } = { byte: 0 }) => {
      const whole = Buffer.from(parts[Number(name)] as string);
      async function* pieces(): AsyncGenerator<Uint8Array> {
        for (let start = byte; start < whole.length; start += pieceBytes) {
          const piece = whole.subarray(start, start + pieceBytes);
          bytesGiven += piece.length;
          yield piece;
        }
      }
      return Promise.resolve({ bytes: pieces(), version: '1' });
    };
    const read = rowsReader(open, csvRows);
    const rows: unknown[] = [];
    let after: RowsFile['after'];
    do {
      const from = parts.map((_part, index) => `${index}`);
      const { value, rows: count, place } = await read({ from, format, take, after }, gathered, signal);
      expect(count).toBeGreaterThan(0);
      rows.push(...(value as unknown[]));
      after = place === undefined ? undefined : JSON.parse(JSON.stringify(place));
    } while (after !== undefined);
    return { rows, bytesGiven };
  }

  it.each(['\n', '\r\n'])(
    'has the rows of one that is read at once, with lines that end in %j',
    async (end) => {
      for (const [format, lines] of [
        ['csv', csv],
        ['ndjson', ndjson],
      ] as const) {
        const text = `${lines.join(end)}${end}`;
        const rows = (await rowsOf(text, { format })) as unknown[];
        for (const parts of [[text], [text.trimEnd()], [gzipSync(text)], [text, gzipSync(text), text]]) {
          for (const take of [1, 2, 3, 5, 100]) {
            for (const pieceBytes of [1, 4, 1_000]) {
              const found = await stepByStep(parts, format, take, pieceBytes);
              expect(found.rows).toEqual(parts.flatMap(() => rows));
            }
          }
        }
      }
    },
  );

  it('is read once in all, however many steps there are', async () => {
    const ids = Array.from({ length: 10_000 }, (_none, index) => `u-${'x'.repeat(200)}-${index}`);
    const text = `id\n${ids.join('\n')}\n`;
    const { rows, bytesGiven } = await stepByStep([text], 'csv', 1_000, 4_096);
    expect(rows).toHaveLength(10_000);
    // What a step reads ahead is read again. From the start each time, it was 5.5 times the file.
    expect(bytesGiven / text.length).toBeLessThan(2);
  });

  it('is asked of a server from a byte on, if it has the same contents', async () => {
    const requests: RequestInit[] = [];
    const fetchUrl: typeof fetch = async (_url, init = {}) => {
      requests.push(init);
      return new Response('2\n', { status: 206, headers: { etag: '"v1"' } });
    };
    const start = { byte: 5, version: '"v1"' };
    const { bytes } = await download('https://s3.example.com/x', signal, start, fetchUrl);
    expect(await textOf(Readable.from(bytes))).toBe('2\n');
    expect(requests).toMatchObject([{ headers: { range: 'bytes=5-', 'if-match': '"v1"' } }]);
  });

  it('is read on after its beginning where a server gives nothing but the whole file', async () => {
    const fetchUrl: typeof fetch = async () => new Response('n\n1\n2\n');
    const { bytes } = await download('https://s3.example.com/x', signal, { byte: 4 }, fetchUrl);
    expect(await textOf(Readable.from(bytes))).toBe('2\n');
  });

  it.each([
    [412, '"v1"'],
    [416, '"v1"'],
    [200, '"v2"'],
    [206, '"v2"'],
  ])('has changed when a server answers %i and names %s', async (status, etag) => {
    const fetchUrl: typeof fetch = async () => new Response('n\n', { status, headers: { etag } });
    const start = { byte: 2, version: '"v1"' };
    await expect(download('https://s3.example.com/x', signal, start, fetchUrl)).rejects.toThrow(
      FileChangedError,
    );
  });

  it('names the line of a mistake by where the step reads', async () => {
    const read = rowsReader(() => Promise.resolve({ bytes: bodyOf('{"a":2}\nsecret\n') }), csvRows);
    const after = { part: 0, byte: 8, isGzip: false };
    await expect(read({ from: 'x', format: 'ndjson', after }, gathered, signal)).rejects.toThrow(
      'Line 2 from where this step reads the file is not a JSON object',
    );
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
    const failed = download('https://s3.example.com/x', signal, undefined, answers(status));
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
    const open: OpenFile = (from) => {
      opened.push(from);
      return Promise.resolve({ bytes: bodyOf('a\n1\n') });
    };
    const files = openFiles({ s3: open, shipped: open });
    await files('s3://bucket/ids.csv', signal);
    await files('./ids.csv', signal);
    expect(opened).toEqual(['s3://bucket/ids.csv', './ids.csv']);
  });
});
