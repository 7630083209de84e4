import { faultOf, type MaveraAnswer, type MaveraError } from '../mavera/maveraAnswer.ts';
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
      /** How the call counts against the limit of attempts; `as_last`: it is not to be made again. */
      readonly counts: 'as_none' | 'as_one' | 'as_last';
    }
  | { readonly kind: 'fail'; readonly reason: Reason; readonly detail: string };

/** What the decision goes by. */
export interface RetryOptions {
  /** Calls made so far that count, this one included. */
  readonly attempts: number;
  readonly maxAttempts: number;
  /** From 0 up to, but not including, 1. */
  readonly random: () => number;
}

type Unsuccessful = Exclude<MaveraAnswer, { readonly kind: 'answered' }>;

/**
 * Decides on a call that was refused or not answered: what passes is tried again after `Retry-After` and an
 * exponential backoff with full jitter; a limit, an outage and the account's fault make the run wait without
 * counting; what is the request's own fault ends the run. After a success that cannot be read, whose credits are
 * spent, no call is made again.
 */
export function decideRetry(answer: Unsuccessful, terms: RetryOptions): RetryDecision {
  switch (answer.kind) {
    case 'refused':
      return decideOnError(answer.error, terms);
    case 'unreachable':
      return waitUncounted('mavera_unreachable', 0, terms);
    // Whether the work was done has to be found out first: never given up here.
    case 'unreadable':
      return { kind: 'wait', delayMs: backoffMs(terms), reason: 'answer_unreadable', counts: 'as_last' };
    case 'lost':
      return { kind: 'wait', delayMs: backoffMs(terms), reason: 'answer_lost', counts: 'as_one' };
  }
}

function decideOnError(error: MaveraError, terms: RetryOptions): RetryDecision {
  const { status, retryAfterMs } = error;
  const reason: Reason = `mavera_${status}`;
  const fault = faultOf(error);
  if (fault === 'request') {
    return { kind: 'fail', reason, detail: describe(error) };
  }
  if (fault === 'account') {
    return { kind: 'wait', delayMs: accountWaitMs * (1 + terms.random()), reason, counts: 'as_none' };
  }
  // A limit or an outage is no attempt: a run would use up all of them within minutes of one.
  if (status === 429 || status === 503) {
    return waitUncounted(reason, retryAfterMs ?? (status === 429 ? rateLimitedMs : 0), terms);
  }
  if (terms.attempts >= terms.maxAttempts) {
    const detail = `${terms.attempts} calls; the last: ${describe(error)}`;
    return { kind: 'fail', reason: 'attempts_exhausted', detail };
  }
  return { kind: 'wait', delayMs: (retryAfterMs ?? 0) + backoffMs(terms), reason, counts: 'as_one' };
}

function waitUncounted(reason: Reason, leastMs: number, { random }: RetryOptions): RetryDecision {
  return { kind: 'wait', delayMs: leastMs + random() * uncountedBackoffMs, reason, counts: 'as_none' };
}

/** Full jitter: anything from nothing to the whole of an exponentially growing time. */
function backoffMs({ attempts, random }: RetryOptions): number {
  return random() * Math.min(longestBackoffMs, firstBackoffMs * 2 ** Math.max(0, attempts - 1));
}

function describe({ status, code, message }: MaveraError): string {
  return `Mavera answered ${status} ${code}: ${message}`;
}
