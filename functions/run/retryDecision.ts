import { faultOf, type MaveraAnswer, type MaveraError } from '../mavera/maveraAnswer.ts';

const firstBackoffMs = 2_000;
const longestBackoffMs = 15 * 60_000;
/** How long all runs stand back when the account is at fault: somebody has to do something first. */
const accountWaitMs = 60_000;

/** What becomes of a run whose call was no success. */
export type RetryDecision =
  | {
      readonly kind: 'wait';
      readonly delayMs: number;
      readonly reason: string;
      /** Whether the call counts against the limit of attempts. */
      readonly counts: boolean;
    }
  | { readonly kind: 'fail'; readonly reason: string; readonly detail: string };

/** What the decision goes by. */
export interface RetryTerms {
  /** Calls made so far, this one included. */
  readonly attempts: number;
  readonly maxAttempts: number;
  /** From 0 up to, but not including, 1. */
  readonly random: () => number;
}

type Unsuccessful = Exclude<MaveraAnswer, { readonly kind: 'answered' }>;

/**
 * Decides on a call that was refused or not answered: what passes is tried again after `Retry-After`, or after
 * an exponential backoff with full jitter; what is the account's fault makes the run wait without counting; what
 * is the request's own fault ends the run.
 */
export function decideRetry(answer: Unsuccessful, terms: RetryTerms): RetryDecision {
  const reason = reasonOf(answer);
  const detail = answer.kind === 'refused' ? describe(answer.error) : answer.detail;
  const fault = answer.kind === 'refused' ? faultOf(answer.error) : 'passing';
  if (fault === 'request') {
    return { kind: 'fail', reason, detail };
  }
  if (fault === 'account') {
    const jitterMs = terms.random() * accountWaitMs;
    return { kind: 'wait', delayMs: accountWaitMs + jitterMs, reason, counts: false };
  }
  // Of a lost answer it has to be found out first whether the work was done.
  if (answer.kind !== 'lost' && terms.attempts >= terms.maxAttempts) {
    return {
      kind: 'fail',
      reason: 'attempts_exhausted',
      detail: `${terms.attempts} calls; the last: ${detail}`,
    };
  }
  const leastMs = answer.kind === 'refused' ? (answer.error.retryAfterMs ?? 0) : 0;
  return { kind: 'wait', delayMs: leastMs + backoffMs(terms), reason, counts: true };
}

/** Full jitter: anything from nothing to the whole of an exponentially growing time. */
function backoffMs({ attempts, random }: RetryTerms): number {
  return random() * Math.min(longestBackoffMs, firstBackoffMs * 2 ** Math.max(0, attempts - 1));
}

function reasonOf(answer: Unsuccessful): string {
  const reasons = { unreachable: 'mavera_unreachable', lost: 'answer_lost' } as const;
  return answer.kind === 'refused' ? `mavera_${answer.error.status}` : reasons[answer.kind];
}

function describe({ status, code, message }: MaveraError): string {
  return `Mavera answered ${status} ${code}: ${message}`;
}
