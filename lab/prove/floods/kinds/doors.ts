import { brotliCompressSync, deflateSync, gzipSync } from 'node:zlib';
import { type FloodKind, hostile, inTurn } from '../floodKind.ts';
import { post, signed } from '../post.ts';

const methods = ['GET', 'HEAD', 'DELETE', 'OPTIONS', 'TRACE', 'PROPFIND', 'QUERY', 'REPORT'] as const;
const contentTypes = [
  'application/x-www-form-urlencoded',
  'multipart/form-data; boundary=x',
  'application/json; charset=utf-16',
  'application/octet-stream',
  'text/html',
  'image/png',
  ';;;=',
  `application/${'x'.repeat(4_000)}`,
] as const;

type Encoding = readonly [name: string, compress: (text: string) => Buffer];

/** The size that a small request would have if the receiver inflated it. */
const bombBytes = 64 * 1024 * 1024;
const encodings: readonly [Encoding, ...Encoding[]] = [
  ['gzip', gzipSync],
  ['deflate', deflateSync],
  ['br', brotliCompressSync],
];
let bomb: Buffer | undefined;

/** Floods of requests with an unexpected path, method, content type or encoding. */
export const doorFloods: readonly FloodKind[] = [
  hostile('routes that are made up', [404], ({ badEvent, secret, random, turn }) => {
    const name = `made-up-${Math.floor(random() * 2 ** 32).toString(36)}-${turn}`;
    const body = JSON.stringify(badEvent(name));
    const path = inTurn(
      [`/segment/${name}`, `/${name}`, `/segment/${name}/more`, `/segment/%2e%2e/${name}`],
      turn,
    );
    return post(body, { path: `${path}?${name}`, headers: [signed(body, secret)] });
  }),
  hostile('other methods', [405], ({ badEvent, secret, turn }) => {
    const body = JSON.stringify(badEvent());
    return post(body, { method: inTurn(methods, turn), headers: [signed(body, secret)] });
  }),
  hostile('odd content types', [401], ({ badEvent, turn }) => {
    const body = Buffer.from(JSON.stringify(badEvent()), inTurn(['utf8', 'utf16le'] as const, turn >> 3));
    return post(body, {
      headers: [['content-type', inTurn(contentTypes, turn)], signed(body, 'some other secret')],
    });
  }),
  hostile('forms, signed', [400], ({ badEvent, secret }) => {
    const body = new URLSearchParams({ payload: JSON.stringify(badEvent()) }).toString();
    return post(body, { headers: [['content-type', contentTypes[0]], signed(body, secret)] });
  }),
  // The signature is of what Segment sent; a body that was compressed on the way is different.
  hostile('compressed bodies', [401], ({ badEvent, secret, turn }) => {
    const body = JSON.stringify(badEvent());
    const [encoding, compress] = inTurn(encodings, turn);
    return post(compress(body), { headers: [['content-encoding', encoding], signed(body, secret)] });
  }),
  hostile('compressed bombs, signed', [400], ({ secret }) => {
    bomb ??= gzipSync(Buffer.alloc(bombBytes, '['));
    return post(bomb, { headers: [['content-encoding', 'gzip'], signed(bomb, secret)] });
  }),
];
