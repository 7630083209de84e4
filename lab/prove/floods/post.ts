import { segmentSignature, wholeBodyHeader } from '../../../functions/sources/segment/source.ts';
import type { RawRequest } from './rawRequest.ts';

/** How a request differs from Segment's requests. */
export interface PostOptions {
  readonly method?: string;
  readonly path?: string;
  /** Names and values. @default `content-type: application/json` */
  readonly headers?: readonly (readonly [string, string])[];
  /** Sends the body in chunks, without a length. @default false */
  readonly isChunked?: boolean;
}

/** The size of a chunk. */
const pieceBytes = 64 * 1024;

/** A whole request with this body. */
export function post(body: string | Buffer, options: PostOptions = {}): RawRequest {
  const { method = 'POST', path = '/segment', headers = [], isChunked = false } = options;
  const bytes = typeof body === 'string' ? Buffer.from(body) : body;
  const hasType = headers.some(([name]) => name.toLowerCase() === 'content-type');
  return {
    head: [
      `${method} ${path} HTTP/1.1`,
      'host: receiver.test',
      isChunked ? 'transfer-encoding: chunked' : `content-length: ${bytes.length}`,
      ...(hasType ? [] : ['content-type: application/json']),
      ...headers.map(([name, value]) => `${name}: ${value}`),
    ],
    body: isChunked ? chunks(bytes) : [bytes],
  };
}

/** The header with Segment's signature of this body. */
export function signed(body: string | Buffer, secret: string): readonly [string, string] {
  return [wholeBodyHeader, segmentSignature(body, secret)];
}

function chunks(bytes: Buffer): readonly Buffer[] {
  const pieces: Buffer[] = [];
  for (let start = 0; start < bytes.length; start += pieceBytes) {
    const piece = bytes.subarray(start, start + pieceBytes);
    pieces.push(Buffer.concat([Buffer.from(`${piece.length.toString(16)}\r\n`), piece, Buffer.from('\r\n')]));
  }
  return [...pieces, Buffer.from('0\r\n\r\n')];
}
