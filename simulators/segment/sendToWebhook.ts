import { setTimeout as wait } from 'node:timers/promises';
import { backoffMs, type RetryPolicy } from '../http/retryPolicy.ts';
import { attemptDelivery, type DeliveryAttempt } from './attemptDelivery.ts';
import { isBatch, type SegmentPayload } from './payload.ts';
import { remixBatch } from './remixBatch.ts';
import { isRetried, segmentRetryPolicy } from './retryPolicy.ts';
import { shiftToNow } from './shiftToNow.ts';
import { type WebhookSettings, webhookRequest } from './webhookRequest.ts';

/** The options of a delivery. */
export interface SendToWebhookOptions extends WebhookSettings {
  /** One event, or the events of a batch. */
  readonly payload: SegmentPayload;
  /**
   * Moves the payload's times once, before the first attempt, so that the newest is now. In two calls the times differ,
   * so an event without a message id that is sent twice is two different events.
   * @default false
   */
  readonly shiftToNow?: boolean;
  /** Whether the events of a refused batch are sent again in other batches. @default false */
  readonly remixBatches?: boolean;
  readonly retry?: Partial<RetryPolicy>;
  /** Called with each attempt when it is over. */
  readonly onAttempt?: (attempt: DeliveryAttempt) => void;
  /** Ends the delivery early. */
  readonly signal?: AbortSignal;
}

/** How it ended: with 2xx; refused for good; still refused at the end of the retries; ended by the signal. */
export type DeliveryOutcome = 'delivered' | 'discarded' | 'expired' | 'stopped';

export interface Delivery {
  /** With re-mixed batches, the worst of their outcomes. */
  readonly outcome: DeliveryOutcome;
  /** Every request in the order of sending. */
  readonly attempts: readonly DeliveryAttempt[];
}

/** A request still to be made. */
interface Parcel {
  readonly payload: SegmentPayload;
  readonly attemptsMade: number;
  /** Since the first attempt, in Segment's time. */
  readonly elapsedMs: number;
}

/**
 * Delivers an event or a batch as Segment's Webhooks (Actions) destination does: the same headers and
 * signatures, and 10 seconds for an answer. It retries after 408, 423, 429, 5xx except 501, and a missing answer, with
 * randomized exponential backoff for 4 hours; it never retries after another status.
 *
 * Source: segmentio/action-destinations; what its documentation leaves open is marked at {@link segmentRetryPolicy}.
 *
 * @returns every attempt with its status and answer; HTTP errors and network errors do not throw
 * @throws TypeError for options that Segment cannot have: a bad URL or header, a form that does not fit
 * @example await sendToWebhook({ url, payload: event, secret, form: 'single' })
 */
export async function sendToWebhook(options: SendToWebhookOptions): Promise<Delivery> {
  const policy = { ...segmentRetryPolicy, ...options.retry };
  const payload = options.shiftToNow ? shiftToNow(options.payload, Date.now()) : options.payload;
  const attempts: DeliveryAttempt[] = [];
  const outcomes = new Set<DeliveryOutcome>();
  const open: Parcel[] = [{ payload, attemptsMade: 0, elapsedMs: 0 }];
  for (let parcel = open.shift(); parcel !== undefined; parcel = open.shift()) {
    if (options.signal?.aborted) {
      outcomes.add('stopped');
      break;
    }
    const attempt = await attemptDelivery(
      parcel.payload,
      webhookRequest(parcel.payload, options),
      options.signal,
    );
    attempts.push(attempt);
    options.onAttempt?.(attempt);
    const verdict = judge(attempt);
    const retry = verdict === 'retry' ? planRetry(parcel, attempt, policy) : undefined;
    if (retry === undefined) {
      outcomes.add(verdict === 'retry' ? 'expired' : verdict);
    } else {
      await pause(retry.delayMs * policy.timeScale, options.signal);
      open.push(...remixed(retry.parcel, options, policy));
    }
  }
  const worstFirst: readonly DeliveryOutcome[] = ['stopped', 'discarded', 'expired'];
  return { outcome: worstFirst.find((outcome) => outcomes.has(outcome)) ?? 'delivered', attempts };
}

function judge({ status }: DeliveryAttempt): 'delivered' | 'discarded' | 'retry' {
  if (status === undefined || isRetried(status)) {
    return 'retry';
  }
  return status >= 200 && status < 300 ? 'delivered' : 'discarded';
}

/** The next attempt and the wait before it, or `undefined` when there is none left. */
function planRetry(
  parcel: Parcel,
  attempt: DeliveryAttempt,
  policy: RetryPolicy,
): { readonly parcel: Parcel; readonly delayMs: number } | undefined {
  const attemptsMade = parcel.attemptsMade + 1;
  const delayMs = backoffMs(policy, attemptsMade);
  const elapsedMs = parcel.elapsedMs + attempt.durationMs + delayMs;
  if (attemptsMade >= policy.maxAttempts || elapsedMs > policy.forMs) {
    return undefined;
  }
  return { parcel: { payload: parcel.payload, attemptsMade, elapsedMs }, delayMs };
}

function remixed(parcel: Parcel, options: SendToWebhookOptions, policy: RetryPolicy): readonly Parcel[] {
  const { payload } = parcel;
  if (options.remixBatches !== true || !isBatch(payload)) {
    return [parcel];
  }
  return remixBatch(payload, policy.random).map((part) => ({ ...parcel, payload: part }));
}

async function pause(ms: number, signal: AbortSignal | undefined): Promise<void> {
  // An aborted wait is not an error: the signal ends the delivery before the next attempt.
  await wait(ms, undefined, signal === undefined ? {} : { signal }).catch(() => undefined);
}
