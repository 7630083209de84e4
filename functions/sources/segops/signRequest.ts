import { segOpsSignature, signatureHeader } from './authenticate.ts';

/** A request as SegOps would send it. */
export interface SegOpsRequest {
  readonly body: string;
  readonly headers: Readonly<Record<string, string>>;
}

/**
 * Signs a request as SegOps's webhook does, for your own tests of a receiver.
 *
 * @example const { body, headers } = signSegOpsRequest({ event: 'segment.recomputed', … }, secret);
 */
export function signSegOpsRequest(event: object, secret: string): SegOpsRequest {
  const body = JSON.stringify(event);
  return {
    body,
    headers: { 'content-type': 'application/json', [signatureHeader]: segOpsSignature(body, secret) },
  };
}
