import { exponentialBackoffMs } from '../backoff/exponentialBackoffMs.ts';
import {
  type Answered,
  type Blocked,
  type CallAnswer,
  faultOf,
  type Lost,
  mayBeBilled,
  type Refused,
} from '../systems/callAnswer.ts';
import type { Reason } from './reasons.ts';

const firstBackoffMs = 10_000;
const longestBackoffMs = 15 * 60_000;
/** The longest jitter after a call that does not count: Mavera was busy or down, and did nothing. */
const uncountedBackoffMs = 30_000;
/** How long Mavera's own samples wait after a 429 without `Retry-After`. */
const rateLimitedMs = 30_000;
/** How long a run waits when Mavera refuses the account: somebody has to correct that first. */
const accountWaitMs = 60_000;

/** What happens to a run whose call did not succeed. */
export type RetryDecision =
  | {
      readonly kind: 'wait';
      readonly delayMs: number;
      readonly reason: Reason;
      /** How the call counts against the limit of attempts. */
      readonly counts: 'as_none' | 'as_one';
    }
  | {
      readonly kind: 'fail';
      readonly reason: Reason;
      readonly detail: string;
      /** `estimate`: the last call may have cost credits. */
      readonly spent: 'nothing' | 'estimate';
    };

/** What the decision depends on. */
export interface RetryOptions {
  /** Calls made so far that count, this one included. */
  readonly attempts: number;
  readonly maxAttempts: number;
  /** From 0 up to, but not including, 1. */
  readonly random: () => number;
}

type Unsuccessful = Exclude<CallAnswer, Answered>;

/**
 * Decides what happens after a call that was refused or not answered. A temporary error is tried again after
 * `Retry-After` and an exponential backoff with full jitter. If the cause is a limit, an outage, the account, or a
 * firewall or proxy in front of Mavera, the run waits and the call does not count. An error in the request ends the run.
 */
export function decideRetry(answer: Unsuccessful, options: RetryOptions): RetryDecision {
  switch (answer.kind) {
    case 'refused':
      return decideOnRefusal(answer, options);
    case 'blocked':
      return decideOnBlock(answer, options);
    case 'unreachable':
      return waitUncounted('mavera_unreachable', 0, options);
    // Never fails here: Mavera has to be searched for the work first.
    case 'lost':
      return { kind: 'wait', delayMs: backoffMs(options), reason: reasonOfLost(answer), counts: 'as_one' };
  }
}

function decideOnRefusal(answer: Refused, options: RetryOptions): RetryDecision {
  const { status, retryAfterMs } = answer.error;
  const reason: Reason = `mavera_${status}`;
  const fault = faultOf(answer.error);
  if (fault === 'request') {
    return { kind: 'fail', reason, detail: describe(answer), spent: 'nothing' };
  }
  if (fault === 'account') {
    return waitForAccount(reason, options);
  }
  // A limit or an outage does not count as an attempt. Otherwise a run would use up all attempts within minutes.
  if (status === 429 || status === 503) {
    return waitUncounted(reason, retryAfterMs ?? (status === 429 ? rateLimitedMs : 0), options);
  }
  if (options.attempts >= options.maxAttempts) {
    const detail = `${options.attempts} calls were made. The last one: ${describe(answer)}`;
    const spent = mayBeBilled(answer) ? 'estimate' : 'nothing';
    return { kind: 'fail', reason: 'attempts_exhausted', detail, spent };
  }
  return { kind: 'wait', delayMs: (retryAfterMs ?? 0) + backoffMs(options), reason, counts: 'as_one' };
}

/** Mavera itself did not get the call. The same happens to all runs. */
function decideOnBlock({ status, retryAfterMs }: Blocked, options: RetryOptions): RetryDecision {
  if (status === 429) {
    return waitUncounted('mavera_429', retryAfterMs ?? rateLimitedMs, options);
  }
  return waitForAccount(status < 400 ? `mavera_${status}` : 'mavera_blocked', options);
}

function reasonOfLost({ status = 0 }: Lost): Reason {
  return status >= 200 && status < 300 ? 'answer_unreadable' : 'answer_lost';
}

function waitForAccount(reason: Reason, { random }: RetryOptions): RetryDecision {
  return { kind: 'wait', delayMs: accountWaitMs * (1 + random()), reason, counts: 'as_none' };
}

function waitUncounted(reason: Reason, minMs: number, { random }: RetryOptions): RetryDecision {
  return { kind: 'wait', delayMs: minMs + random() * uncountedBackoffMs, reason, counts: 'as_none' };
}

/** Full jitter: a random time between 0 and the exponential backoff. */
function backoffMs({ attempts, random }: RetryOptions): number {
  const times = Math.max(0, attempts - 1);
  return random() * exponentialBackoffMs({ firstMs: firstBackoffMs, longestMs: longestBackoffMs, times });
}

function describe({ error: { status, code, message } }: Refused): string {
  return `Mavera answered ${status} ${code}: ${message}`;
}
