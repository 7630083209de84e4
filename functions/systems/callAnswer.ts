import { type Fault, meaningOf } from './answerTable.ts';

/** Requests left in the system's window, as its answer says. */
export interface RateLimitState {
  readonly remaining: number;
  /** Epoch milliseconds; absent when the header was. */
  readonly resetAtMs?: number | undefined;
}

/** A success, with its JSON. */
export interface Answered {
  readonly kind: 'answered';
  /** HTTP status, 2xx. */
  readonly status: number;
  /** `undefined` where nobody reads the body: Segment's Tracking API. */
  readonly json: unknown;
  readonly rateLimit?: RateLimitState | undefined;
}

/** An error that the system itself answered, in the shape that it documents. */
export interface Refused {
  readonly kind: 'refused';
  readonly error: SystemError;
  readonly rateLimit?: RateLimitState | undefined;
}

/**
 * Something in front of the system refused the call, such as a firewall, a proxy or a redirect to a login page. The system
 * was not asked, and other calls meet the same.
 */
export interface Blocked {
  readonly kind: 'blocked';
  /** HTTP status: 3xx or 4xx. */
  readonly status: number;
  readonly detail: string;
  readonly retryAfterMs?: number | undefined;
  readonly rateLimit?: RateLimitState | undefined;
}

/** There was no connection, so nothing was sent. */
export interface Unreachable {
  readonly kind: 'unreachable';
  readonly detail: string;
}

/** The request may have got to the system, and no answer of it came back: the work may have been done. */
export interface Lost {
  readonly kind: 'lost';
  readonly detail: string;
  /** HTTP status of what came back instead; 2xx for a success that cannot be read. Absent when nothing came. */
  readonly status?: number | undefined;
  readonly retryAfterMs?: number | undefined;
}

/** The outcome of one call. Which answer is of which kind: {@link answerTable} in answerTable.ts. */
export type CallAnswer = Answered | Refused | Blocked | Unreachable | Lost;

/** An error as a system answers it. */
export interface SystemError {
  /** HTTP status. For a known error inside a success of Mavera: the status that is documented for it. */
  readonly status: number;
  /** e.g. `credits_exhausted`; `unknown` when the answer did not say. */
  readonly code: string;
  /** Only Mavera's own words are kept: those of other systems may name a person. */
  readonly message: string;
  readonly retryAfterMs?: number | undefined;
}

/** Who caused an error of a system. */
export function faultOf({ status }: SystemError): Fault {
  const meaning = meaningOf(status, true);
  return meaning.kind === 'refused' ? meaning.fault : 'passing';
}

/** Whether a call may have cost credits. */
export function mayBeBilled(answer: CallAnswer): boolean {
  switch (answer.kind) {
    case 'answered':
    case 'lost':
      return true;
    case 'blocked':
    case 'unreachable':
      return false;
    case 'refused':
      return meaningOf(answer.error.status, true).mayBeBilled;
  }
}

/** The status of an answer that is not a success; absent where none came. */
export function statusOf(answer: CallAnswer): number | undefined {
  switch (answer.kind) {
    case 'refused':
      return answer.error.status;
    case 'blocked':
    case 'lost':
      return answer.status;
    default:
      return undefined;
  }
}

/** Whether a rate limit refused the call: the system's, or that of something in front of it. */
export function isThrottled(answer: CallAnswer): boolean {
  return (answer.kind === 'refused' || answer.kind === 'blocked') && statusOf(answer) === 429;
}

/** For how long the answer asks to make no call; absent where it does not say. */
export function retryAfterMsOf(answer: CallAnswer): number | undefined {
  switch (answer.kind) {
    case 'refused':
      return answer.error.retryAfterMs;
    case 'blocked':
    case 'lost':
      return answer.retryAfterMs;
    default:
      return undefined;
  }
}
