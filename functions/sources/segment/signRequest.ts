import { legacyHeader, segmentSignature, wholeBodyHeader } from './source.ts';

/** What to sign and how. */
export interface SignRequestOptions {
  /** One event, or the events of a batch. */
  readonly payload: object | readonly (object | null)[];
  readonly secret: string;
  /**
   * Which header Segment would send: `X-Segment-Signature` over the whole body, or `X-Signature` over a single
   * event or the first event of a batch.
   * @default 'x-segment-signature'
   */
  readonly header?: typeof wholeBodyHeader | typeof legacyHeader;
  /** Adds `Authorization: Bearer <token>`, like a static header of a mapping. */
  readonly bearerToken?: string;
}

/** A request as the Webhooks (Actions) destination would send it. */
export interface SignedRequest {
  readonly body: string;
  readonly headers: Readonly<Record<string, string>>;
}

/**
 * Signs a request exactly as Segment's Webhooks (Actions) destination does, for your own tests of a receiver.
 * Like Segment, it adds no signature when there is nothing to sign (the first element of a batch is `null`).
 *
 * @example
 * const { body, headers } = signSegmentRequest({ payload: event, secret });
 * await fetch('https://…/segment', { method: 'POST', body, headers });
 */
export function signSegmentRequest(options: SignRequestOptions): SignedRequest {
  const { payload, secret, header = wholeBodyHeader, bearerToken } = options;
  const body = JSON.stringify(payload);
  const signed = header === legacyHeader && Array.isArray(payload) ? JSON.stringify(payload[0]) : body;
  const headers: Record<string, string> = {
    'content-type': 'application/json',
    'user-agent': 'Segment (Actions)',
  };
  if (signed !== undefined && signed !== 'null') {
    headers[header] = segmentSignature(signed, secret);
  }
  if (bearerToken !== undefined) {
    headers.authorization = `Bearer ${bearerToken}`;
  }
  return { body, headers };
}
