import { signSegOpsRequest } from '../../functions/sources/segops/signRequest.ts';
import { type PostOutcome, post } from '../http/post.ts';
import { isoSeconds, type SegOpsSegment } from './segment.ts';
import type { SegOpsWebhook } from './segOpsAccount.ts';

/** Source: SegOps documentation, "Webhooks". */
const timeoutMs = 10_000;

/** What SegOps posts after each computation of a segment. Source: SegOps documentation, "Webhooks". */
export function recomputedEvent(segment: SegOpsSegment, tenant: string): object {
  return {
    event: 'segment.recomputed',
    tenant_slug: tenant,
    segment_id: segment.id,
    segment_name: segment.name,
    member_count: segment.members.length,
    computed_at: isoSeconds(segment.lastComputedAtMs),
  };
}

/**
 * Posts an event to a webhook as SegOps does: one attempt of at most 10 seconds, whatever the answer, signed only if the
 * webhook has a secret.
 *
 * @returns the outcome; HTTP errors and network errors do not throw
 */
export function postWebhook(
  { url, secret }: Omit<SegOpsWebhook, 'isActive'>,
  event: object,
  signal?: AbortSignal,
): Promise<PostOutcome> {
  const { body, headers } =
    secret === undefined
      ? { body: JSON.stringify(event), headers: { 'content-type': 'application/json' } }
      : signSegOpsRequest(event, secret);
  const request = { url: new URL(url), method: 'POST', headers: new Headers(headers), body, timeoutMs };
  return post(request, signal);
}
