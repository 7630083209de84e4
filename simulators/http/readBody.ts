import type { IncomingMessage } from 'node:http';

/** Reads the whole body of a request. */
export async function readBody(incoming: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of incoming) {
    chunks.push(chunk as Buffer);
  }
  return Buffer.concat(chunks);
}

/**
 * Reads the body of a request up to a limit. A larger body is read to its end and discarded, so that the sender reads the
 * answer.
 *
 * @returns `undefined` when the body is larger.
 */
export async function readLimitedBody(
  incoming: IncomingMessage,
  maxBytes: number,
): Promise<Buffer | undefined> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of incoming) {
    bytes += (chunk as Buffer).length;
    if (bytes <= maxBytes) {
      chunks.push(chunk as Buffer);
    }
  }
  return bytes > maxBytes ? undefined : Buffer.concat(chunks);
}
