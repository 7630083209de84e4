import type { Authentication, SignatureVerdict } from './source.ts';

/** An {@link Authentication} that refuses a request. */
export function refuse(
  status: 400 | 401,
  signature: SignatureVerdict,
  detail: string,
  mayBeRotated = false,
): Authentication {
  return { ok: false, refusal: { status, detail, signature, mayBeRotated } };
}
