import { pipeline, Readable, type Transform } from 'node:stream';
import { createGunzip } from 'node:zlib';

/** The bytes of a file, unpacked. */
export interface Unpacked {
  readonly bytes: AsyncIterable<Uint8Array>;
  readonly isGzip: boolean;
}

/** Unpacks a file that may be compressed: SendGrid's exports are, and say so nowhere. */
export async function gunzipped(bytes: AsyncIterable<Uint8Array>): Promise<Unpacked> {
  const chunks = bytes[Symbol.asyncIterator]();
  const { head, isOver } = await firstBytes(chunks);
  const whole = joined(head, isOver ? undefined : chunks);
  return head[0] === 0x1f && head[1] === 0x8b
    ? { bytes: gunzip(whole), isGzip: true }
    : { bytes: whole, isGzip: false };
}

/** Unpacks a file that is compressed. */
export function gunzip(bytes: AsyncIterable<Uint8Array>): AsyncIterable<Uint8Array> {
  return flowInto(Readable.from(bytes), createGunzip()) as AsyncIterable<Uint8Array>;
}

/** Each of two streams ends with the other one, whether it fails or is not read to its end. */
export function flowInto(from: Readable, into: Transform): Transform {
  // Whoever reads `into` is given the error.
  pipeline(from, into, () => undefined);
  return into;
}

async function firstBytes(
  chunks: AsyncIterator<Uint8Array>,
): Promise<{ readonly head: Uint8Array; readonly isOver: boolean }> {
  let head: Uint8Array = new Uint8Array();
  while (head.length < 2) {
    const { value, done } = await chunks.next();
    if (done === true) {
      return { head, isOver: true };
    }
    head = Buffer.concat([head, value]);
  }
  return { head, isOver: false };
}

async function* joined(
  head: Uint8Array,
  rest: AsyncIterator<Uint8Array> | undefined,
): AsyncGenerator<Uint8Array> {
  if (head.length > 0) {
    yield head;
  }
  if (rest !== undefined) {
    yield* { [Symbol.asyncIterator]: () => rest };
  }
}
