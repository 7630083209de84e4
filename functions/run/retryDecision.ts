import {
  type Answered,
  type Blocked,
  faultOf,
  type Lost,
  type MaveraAnswer,
  mayBeBilled,
  type Refused,
} from '../mavera/maveraAnswer.ts';
import type { Reason } from './reasons.ts';

const firstBackoffMs = 10_000;
const longestBackoffMs = 15 * 60_000;
/** The longest wait after what does not count: Mavera is busy or away, and has done nothing. */
const uncountedBackoffMs = 30_000;
/** What Mavera's own samples wait after a 429 that does not say how long. */
const rateLimitedMs = 30_000;
/** How long all runs stand back when the account is at fault: somebody has to do something first. */
const accountWaitMs = 60_000;

/** What becomes of a run whose call was no success. */
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

/** What the decision goes by. */
export interface RetryOptions {
  /** Calls made so far that count, this one included. */
  readonly attempts: number;
  readonly maxAttempts: number;
  /** From 0 up to, but not including, 1. */
  readonly random: () => number;
}

type Unsuccessful = Exclude<MaveraAnswer, Answered>;

/**
 * Decides on a call that was refused or not answered. What passes is tried again after `Retry-After` and an exponential
 * backoff with full jitter. A limit, an outage, the account and what stands in front of Mavera make the run wait without
 * counting. What is wrong with the request ends the run.
 */
export function decideRetry(answer: Unsuccessful, terms: RetryOptions): RetryDecision {
  switch (answer.kind) {
    case 'refused':
      return decideOnRefusal(answer, terms);
    case 'blocked':
      return decideOnBlock(answer, terms);
    case 'unreachable':
      return waitUncounted('mavera_unreachable', 0, terms);
    // Never given up here: Mavera has to be searched for the work first.
    case 'lost':
      return { kind: 'wait', delayMs: backoffMs(terms), reason: reasonOfLost(answer), counts: 'as_one' };
  }
}

function decideOnRefusal(answer: Refused, terms: RetryOptions): RetryDecision {
  const { status, retryAfterMs } = answer.error;
  const reason: Reason = `mavera_${status}`;
  const fault = faultOf(answer.error);
  if (fault === 'request') {
    return { kind: 'fail', reason, detail: describe(answer), spent: 'nothing' };
  }
  if (fault === 'account') {
    return waitForAccount(reason, terms);
  }
  // A limit or an outage is no attempt: a run would use up all of them within minutes of one.
  if (status === 429 || status === 503) {
    return waitUncounted(reason, retryAfterMs ?? (status === 429 ? rateLimitedMs : 0), terms);
  }
  if (terms.attempts >= terms.maxAttempts) {
    const detail = `${terms.attempts} calls; the last: ${describe(answer)}`;
    const spent = mayBeBilled(answer) ? 'estimate' : 'nothing';
    return { kind: 'fail', reason: 'attempts_exhausted', detail, spent };
  }
  return { kind: 'wait', delayMs: (retryAfterMs ?? 0) + backoffMs(terms), reason, counts: 'as_one' };
}

/** Mavera was not asked, and all runs meet the same. */
function decideOnBlock({ status, retryAfterMs }: Blocked, terms: RetryOptions): RetryDecision {
  if (status === 429) {
    return waitUncounted('mavera_429', retryAfterMs ?? rateLimitedMs, terms);
  }
  return waitForAccount(status < 400 ? `mavera_${status}` : 'mavera_blocked', terms);
}

function reasonOfLost({ status = 0 }: Lost): Reason {
  return status >= 200 && status < 300 ? 'answer_unreadable' : 'answer_lost';
}

function waitForAccount(reason: Reason, { random }: RetryOptions): RetryDecision {
  return { kind: 'wait', delayMs: accountWaitMs * (1 + random()), reason, counts: 'as_none' };
}

function waitUncounted(reason: Reason, leastMs: number, { random }: RetryOptions): RetryDecision {
  return { kind: 'wait', delayMs: leastMs + random() * uncountedBackoffMs, reason, counts: 'as_none' };
}

/** Full jitter: anything from nothing to the whole of an exponentially growing time. */
function backoffMs({ attempts, random }: RetryOptions): number {
  return random() * Math.min(longestBackoffMs, firstBackoffMs * 2 ** Math.max(0, attempts - 1));
}

function describe({ error: { status, code, message } }: Refused): string {
  return `Mavera answered ${status} ${code}: ${message}`;
}
