import type { KeyObject } from 'node:crypto';
import { setTimeout as wait } from 'node:timers/promises';
import { signSendGridRequest } from '../../functions/sources/sendgrid/signRequest.ts';
import { type PostOutcome, post } from '../http/post.ts';
import { backoffMs, type RetryPolicy } from '../http/retryPolicy.ts';

/** What is posted, where, and how it is tried again. */
export interface PostEventsOptions {
  readonly url: string;
  readonly events: readonly object[];
  /** Absent: the webhook is not signed. */
  readonly privateKey?: KeyObject | undefined;
  readonly retry?: Partial<RetryPolicy>;
  /**
   * The time that a further attempt is signed with: UNKNOWN at SendGrid, so a receiver has to accept both.
   * @default 'same'
   */
  readonly retryTimestamp?: 'same' | 'new';
  /** How long to wait for an answer. @default 10,000. Source: third parties; SendGrid documents no time */
  readonly timeoutMs?: number;
  /** @default Date.now */
  readonly now?: () => number;
  /** Called with each attempt when it is over. */
  readonly onAttempt?: (attempt: PostOutcome) => void;
  /** Ends the posts early. */
  readonly signal?: AbortSignal;
}

/** How it ended: with 2xx; still refused at the end of the retries; ended by the signal. */
export interface EventsDelivery {
  readonly outcome: 'delivered' | 'expired' | 'stopped';
  /** Every request in the order of sending. */
  readonly attempts: readonly PostOutcome[];
}

/**
 * SendGrid's policy: increasing intervals for 24 hours. GUESS: the intervals, which are not documented.
 *
 * Source: SendGrid, "Event Webhook troubleshooting".
 */
export const sendGridRetryPolicy: RetryPolicy = {
  forMs: 24 * 60 * 60 * 1000,
  firstDelayMs: 10_000,
  greatestDelayMs: 60 * 60 * 1000,
  maxAttempts: Number.POSITIVE_INFINITY,
  timeScale: 1,
  random: Math.random,
};

/**
 * Posts events as SendGrid's Event Webhook does: an array with `\r\n` after each event, signed over timestamp and raw
 * body. Everything but 2xx is tried again, a missing answer too: nothing is refused for good.
 *
 * @returns every attempt with its status and answer; HTTP errors and network errors do not throw
 * @throws TypeError for a URL that is not valid
 */
export async function postEvents(options: PostEventsOptions): Promise<EventsDelivery> {
  const { now = Date.now, retryTimestamp = 'same', onAttempt, signal } = options;
  const policy = { ...sendGridRetryPolicy, ...options.retry };
  const firstAtMs = now();
  const attempts: PostOutcome[] = [];
  for (let elapsedMs = 0; signal?.aborted !== true; ) {
    const attempt = await postOnce(options, retryTimestamp === 'same' ? firstAtMs : now());
    attempts.push(attempt);
    onAttempt?.(attempt);
    if (isTaken(attempt)) {
      return { outcome: 'delivered', attempts };
    }
    const delayMs = backoffMs(policy, attempts.length);
    elapsedMs += attempt.durationMs + delayMs;
    if (attempts.length >= policy.maxAttempts || elapsedMs > policy.forMs) {
      return { outcome: 'expired', attempts };
    }
    // An aborted wait is not an error: the signal ends the posts before the next attempt.
    await wait(delayMs * policy.timeScale, undefined, signal && { signal }).catch(() => undefined);
  }
  return { outcome: 'stopped', attempts };
}

function isTaken({ status = 0 }: PostOutcome): boolean {
  return status >= 200 && status < 300;
}

function postOnce(options: PostEventsOptions, signedAtMs: number): Promise<PostOutcome> {
  const { url, events, privateKey, timeoutMs = 10_000, signal } = options;
  const { body, headers } = eventRequest(events, privateKey, signedAtMs);
  const request = { url: new URL(url), method: 'POST', headers: new Headers(headers), body, timeoutMs };
  return post(request, signal);
}

function eventRequest(
  events: readonly object[],
  privateKey: KeyObject | undefined,
  signedAtMs: number,
): { readonly body: string; readonly headers: Readonly<Record<string, string>> } {
  if (privateKey !== undefined) {
    return signSendGridRequest({ events, privateKey, signedAtMs });
  }
  const body = `[${events.map((event) => JSON.stringify(event)).join(',\r\n')}]\r\n`;
  return { body, headers: { 'content-type': 'application/json', 'user-agent': 'SendGrid Event API' } };
}
