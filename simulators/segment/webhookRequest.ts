import { signSegmentRequest } from '../../functions/sources/segment/signRequest.ts';
import type { PostRequest } from '../http/post.ts';
import { isBatch, type SegmentPayload } from './payload.ts';

/**
 * What Segment signs, and in which header:
 * - `single`: `X-Signature` over the one event that is sent
 * - `legacy-batch`: `X-Signature` over the first event of a batch only
 * - `whole-body`: `X-Segment-Signature` over all that is sent, one event or a batch
 */
export type SignatureForm = 'single' | 'legacy-batch' | 'whole-body';

/** The settings of a webhook at Segment: the destination's secret and the mapping's fields. */
export interface WebhookSettings {
  readonly url: string;
  /** The destination's shared secret; without it Segment does not sign. */
  readonly secret?: string | undefined;
  /** @default 'whole-body' */
  readonly form?: SignatureForm;
  /** Sent as `Authorization: Bearer <token>`, as a static header of the mapping would be. */
  readonly bearerToken?: string | undefined;
  /** @default 'POST' */
  readonly method?: 'POST' | 'PUT' | 'PATCH';
  /** Other static headers of the mapping; as at Segment they replace all others, the signature included. */
  readonly headers?: Readonly<Record<string, string>>;
  /** How long to wait for an answer. @default 10,000, Segment's own */
  readonly timeoutMs?: number;
}

/**
 * The signed request for a payload.
 *
 * @throws TypeError for settings that Segment cannot have: a bad URL or header, a form that does not fit
 */
export function webhookRequest(payload: SegmentPayload, settings: WebhookSettings): PostRequest {
  const { secret = '', form = 'whole-body', bearerToken, method = 'POST', timeoutMs = 10_000 } = settings;
  refuseMisfit(payload, form);
  const header = form === 'whole-body' ? 'x-segment-signature' : 'x-signature';
  const bearer = bearerToken === undefined ? {} : { bearerToken };
  const signed = signSegmentRequest({ payload, secret, header, ...bearer });
  const headers = new Headers(signed.headers);
  if (secret === '') {
    headers.delete(header);
  }
  for (const [name, value] of Object.entries(settings.headers ?? {})) {
    headers.set(name, value);
  }
  return { url: new URL(settings.url), method, headers, body: signed.body, timeoutMs };
}

function refuseMisfit(payload: SegmentPayload, form: SignatureForm): void {
  if (form === 'single' && isBatch(payload)) {
    throw new TypeError('The form "single" signs one event: use "legacy-batch" or "whole-body" for a batch.');
  }
  if (form === 'legacy-batch' && !isBatch(payload)) {
    throw new TypeError('The form "legacy-batch" signs a batch: use "single" or "whole-body" for one event.');
  }
}
