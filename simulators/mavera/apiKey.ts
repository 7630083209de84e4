import { ApiError } from './apiError.ts';

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

/** Masks a key: only the documented prefix and the last four characters of a long key are shown. */
export function maskKey(key: string): string {
  if (key === '') {
    return '';
  }
  const prefix = key.startsWith('mvra_live_') ? 'mvra_live_' : '';
  return `${prefix}…${key.length >= 32 ? key.slice(-4) : ''}`;
}
