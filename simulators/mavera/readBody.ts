import type { IncomingMessage } from 'node:http';
import { ApiError } from './apiError.ts';

/** GUESS: no limit is documented. This is far above the longest documented field, of 100,000 characters. */
export const maxBodyBytes = 1_000_000;

/** A body as it arrived. */
export interface RawBody {
  readonly text: string;
  readonly tooLarge: boolean;
}

/**
 * Reads a body to its end, so that the client reads the answer; a body that is too large is discarded.
 *
 * @throws when the client closes the connection while it sends
 */
export async function readBody(request: IncomingMessage): Promise<RawBody> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of request) {
    bytes += chunk.length;
    if (bytes <= maxBodyBytes) {
      chunks.push(chunk);
    }
  }
  const tooLarge = bytes > maxBodyBytes;
  return { text: tooLarge ? '' : Buffer.concat(chunks).toString('utf8'), tooLarge };
}

/** @throws ApiError 413, or 400 for what is not a JSON object; an absent body is an empty object */
export function parseBody({ text, tooLarge }: RawBody): Readonly<Record<string, unknown>> {
  if (tooLarge) {
    throw new ApiError('payload_too_large');
  }
  const value = text === '' ? {} : parseJson(text);
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new ApiError('invalid_field', { message: 'The body is not a JSON object.' });
  }
  return { ...value };
}

/** The parsed text, or the text itself where it is not JSON. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
