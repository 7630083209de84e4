import { type PostOutcome, type PostRequest, post } from '../http/post.ts';
import type { SegmentPayload } from './payload.ts';

/** One request and its outcome. */
export interface DeliveryAttempt extends PostOutcome {
  readonly payload: SegmentPayload;
}

/**
 * Sends one request; a missing answer is an outcome too.
 *
 * @param signal ends the attempt at once
 */
export async function attemptDelivery(
  payload: SegmentPayload,
  request: PostRequest,
  signal?: AbortSignal,
): Promise<DeliveryAttempt> {
  return { payload, ...(await post(request, signal)) };
}
