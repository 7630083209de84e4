import { ApiError } from './apiError.ts';

/** How every key begins. */
export const keyPrefix = 'mvra_live_';

const liveKey = /^mvra_live_\S{22,}$/;

/**
 * Checks the `Authorization` header.
 *
 * Source: Mavera guide, "Authentication": `Bearer mvra_live_…`, 32 or more characters in all.
 *
 * @param accepted the only key that is accepted; `undefined`: every key of the documented form
 * @returns the refusal, or `undefined` for a good key
 */
export function refuseKey(header: string | undefined, accepted: string | undefined): ApiError | undefined {
  const key = bearerKey(header);
  if (key === '') {
    return new ApiError('missing_api_key');
  }
  const good = accepted === undefined ? liveKey.test(key) : key === accepted;
  return good ? undefined : new ApiError('invalid_api_key');
}

/** The key of an `Authorization` header, empty when there is none. */
export function bearerKey(header: string | undefined): string {
  return header?.replace(/^Bearer(\s+|$)/i, '').trim() ?? '';
}
