import { createServer, type IncomingMessage, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { csvRows } from '../../../../functions/pull/rows/csvRows.ts';
import {
  FileChangedError,
  FileGoneError,
  FileUnavailableError,
  FileUnreadableError,
} from '../../../../functions/pull/rows/fileErrors.ts';
import type { OpenFile } from '../../../../functions/pull/rows/openedFile.ts';
import { openS3Objects } from '../../../../functions/pull/rows/openS3Objects.ts';
import { rowsReader } from '../../../../functions/pull/rows/readRows.ts';
import { s3Location } from '../../../../functions/pull/rows/s3Location.ts';

const { signal } = new AbortController();
const fold = {
  start: () => [] as unknown[],
  row: (rows: unknown[], row: unknown) => [...rows, row],
  end: (rows: unknown[]) => rows,
};

let server: Server | undefined;

afterEach(() => {
  server?.closeAllConnections();
  server?.close();
  server = undefined;
});

/** A stand-in of S3 that the real client talks to. */
async function s3That(answer: RequestListener): Promise<{
  readonly open: OpenFile;
  readonly requests: readonly IncomingMessage[];
}> {
  const requests: IncomingMessage[] = [];
  const started = createServer((request, response) => {
    requests.push(request);
    answer(request, response);
  });
  server = started;
  await new Promise<void>((resolve) => started.listen(0, '127.0.0.1', resolve));
  const open = openS3Objects({
    region: 'eu-west-1',
    endpoint: `http://127.0.0.1:${(started.address() as AddressInfo).port}`,
    credentials: { accessKeyId: 'key', secretAccessKey: 'secret' },
    maxAttempts: 2,
  });
  return { open, requests };
}

function refusal(status: number, code: string): RequestListener {
  return (_, response) => {
    response.writeHead(status, { 'content-type': 'application/xml' });
    response.end(`<?xml version="1.0"?><Error><Code>${code}</Code><Message>No</Message></Error>`);
  };
}

describe('a file of S3', () => {
  it('is read as a stream, by one signed request for this object', async () => {
    const { open, requests } = await s3That((_, response) => {
      response.write('id,plan\nu1,pro\nu');
      setTimeout(() => response.end('2,free\n'), 20);
    });
    const read = rowsReader(open, csvRows);
    const { value, rows } = await read({ from: 's3://my-bucket/a b/ids.csv', format: 'csv' }, fold, signal);
    expect(value).toEqual([
      { id: 'u1', plan: 'pro' },
      { id: 'u2', plan: 'free' },
    ]);
    expect(rows).toBe(2);
    expect(requests.map(({ method, url }) => `${method} ${url?.split('?')[0]}`)).toEqual([
      'GET /my-bucket/a%20b/ids.csv',
    ]);
    expect(requests[0]?.headers.authorization).toMatch(/^AWS4-HMAC-SHA256 Credential=key\//);
  });

  it('is read on from a byte, if it still has the same contents', async () => {
    const { open, requests } = await s3That((request, response) => {
      const { range } = request.headers;
      response.writeHead(range === undefined ? 200 : 206, { etag: '"v1"' });
      response.end(range === undefined ? 'id\nu1\nu2\n' : 'u2\n');
    });
    const read = rowsReader(open, csvRows);
    const file = { from: 's3://my-bucket/ids.csv', format: 'csv', take: 1 } as const;
    const first = await read(file, fold, signal);
    const second = await read({ ...file, after: first.place }, fold, signal);
    expect([first.value, second.value, second.place]).toEqual([[{ id: 'u1' }], [{ id: 'u2' }], undefined]);
    expect(requests[1]?.headers).toMatchObject({ range: 'bytes=6-', 'if-match': '"v1"' });
  });

  it.each([
    [412, 'PreconditionFailed'],
    [416, 'InvalidRange'],
  ])('has changed when S3 answers %i (%s): nothing of the new one is read', async (status, code) => {
    const { open } = await s3That(refusal(status, code));
    const failed = open('s3://my-bucket/ids.csv', signal, { byte: 6, version: '"v1"' });
    await expect(failed).rejects.toThrow(FileChangedError);
    await expect(failed).rejects.toThrow('The file s3://my-bucket/ids.csv has changed');
  });

  it.each([
    [403, 'AccessDenied'],
    [404, 'NoSuchKey'],
    [404, 'NoSuchBucket'],
  ])('is gone when S3 answers %i (%s), and the sentence names it', async (status, code) => {
    const { open } = await s3That(refusal(status, code));
    const failed = open('s3://my-bucket/ids.csv', signal);
    await expect(failed).rejects.toThrow(FileGoneError);
    await expect(failed).rejects.toThrow(
      `The file s3://my-bucket/ids.csv cannot be read: S3 answered ${status} (${code})`,
    );
  });

  it('may be had again later when S3 has a fault, which the client has tried again', async () => {
    const { open, requests } = await s3That(refusal(503, 'SlowDown'));
    const failed = open('s3://my-bucket/ids.csv', signal);
    await expect(failed).rejects.toThrow(FileUnavailableError);
    await expect(failed).rejects.not.toThrow(FileGoneError);
    expect(requests.length).toBeGreaterThan(1);
  });

  it('may be had again later when there is no connection', async () => {
    const { open } = await s3That((request) => request.socket.destroy());
    await expect(open('s3://my-bucket/ids.csv', signal)).rejects.toThrow(
      'The file s3://my-bucket/ids.csv cannot be read: there is no connection to S3',
    );
  });

  it('stops when its time is over', async () => {
    const { open } = await s3That((_, response) => void response.write('id\n1\n'));
    const time = new AbortController();
    const read = rowsReader(open, csvRows)(
      { from: 's3://my-bucket/ids.csv', format: 'csv' },
      fold,
      time.signal,
    );
    setTimeout(() => time.abort(), 50);
    await expect(read).rejects.toThrow();
  });

  it.each([
    ['s3://bucket/key', { bucket: 'bucket', key: 'key' }],
    ['s3://my.bucket-1/a/b c.csv.gz', { bucket: 'my.bucket-1', key: 'a/b c.csv.gz' }],
  ])('is named by bucket and key: %s', (from, location) => {
    expect(s3Location(from)).toEqual(location);
  });

  it.each([
    's3://bucket',
    's3://bucket/',
    's3:///key',
    's3://Bucket/key',
    's3://bucket/*',
    's3://bucket/a?.csv',
    's3://bucket/$' + '{aws:username}.csv',
    'https://bucket/key',
  ])('is nothing else, so that a policy that names it allows no other: %s', async (from) => {
    expect(s3Location(from)).toBeUndefined();
    await expect(openS3Objects({ region: 'eu-west-1' })(from, signal)).rejects.toThrow(FileUnreadableError);
  });
});
