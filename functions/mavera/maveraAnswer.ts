import { type MaveraFault, meaningOf } from './answerTable.ts';

/** Requests left in Mavera's sliding 60-second window, as its answer says. */
export interface RateLimitState {
  readonly remaining: number;
  /** Epoch milliseconds; absent when the header was. */
  readonly resetAtMs?: number | undefined;
}

/** A success, with its JSON. */
export interface Answered {
  readonly kind: 'answered';
  readonly json: unknown;
  readonly rateLimit?: RateLimitState | undefined;
}

/** An error that Mavera itself answered, in its envelope. */
export interface Refused {
  readonly kind: 'refused';
  readonly error: MaveraError;
  readonly rateLimit?: RateLimitState | undefined;
}

/**
 * Something in front of Mavera refused the call, such as a firewall, a proxy or a redirect to a login page. Mavera was
 * not asked, and other runs meet the same.
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

/** The request may have got to Mavera, and no answer of Mavera came back: the work may have been done. */
export interface Lost {
  readonly kind: 'lost';
  readonly detail: string;
  /** HTTP status of what came back instead; 2xx for a success that cannot be read. Absent when nothing came. */
  readonly status?: number | undefined;
}

/** The outcome of one call. Which answer is of which kind: {@link answerTable} in answerTable.ts. */
export type MaveraAnswer = Answered | Refused | Blocked | Unreachable | Lost;

/** An error as Mavera answers it. */
export interface MaveraError {
  /** HTTP status. For a known error inside a success: the status that is documented for it. */
  readonly status: number;
  /** e.g. `credits_exhausted`; `unknown` when the answer did not say. */
  readonly code: string;
  readonly message: string;
  readonly retryAfterMs?: number | undefined;
}

/** Who caused an error of Mavera. */
export function faultOf({ status }: MaveraError): MaveraFault {
  const meaning = meaningOf(status, true);
  return meaning.kind === 'refused' ? meaning.fault : 'passing';
}

/** Whether a call may have cost credits. */
export function mayBeBilled(answer: MaveraAnswer): boolean {
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
export function statusOf(answer: MaveraAnswer): number | undefined {
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

/** Whether a rate limit refused the call: Mavera's, or that of something in front of it. */
export function isThrottled(answer: MaveraAnswer): boolean {
  return (answer.kind === 'refused' || answer.kind === 'blocked') && statusOf(answer) === 429;
}

/** For how long the answer asks to make no call; absent where it does not say. */
export function retryAfterMsOf(answer: MaveraAnswer): number | undefined {
  switch (answer.kind) {
    case 'refused':
      return answer.error.retryAfterMs;
    case 'blocked':
      return answer.retryAfterMs;
    default:
      return undefined;
  }
}
