/** Requests left in Mavera's sliding 60-second window, as its answer says. */
export interface RateLimitState {
  readonly remaining: number;
  /** Epoch milliseconds; absent when the header was. */
  readonly resetAtMs?: number | undefined;
}

/**
 * What came of one call.
 * `answered`: a success with its JSON; `refused`: an error that Mavera answered; `unreachable`: the request
 * never got there; `lost`: it may have got there, and no whole answer came back; `unreadable`: a success whose body
 * is none that Mavera documents.
 */
export type MaveraAnswer =
  | { readonly kind: 'answered'; readonly json: unknown; readonly rateLimit?: RateLimitState | undefined }
  | {
      readonly kind: 'refused';
      readonly error: MaveraError;
      readonly rateLimit?: RateLimitState | undefined;
    }
  | { readonly kind: 'unreachable' | 'lost' | 'unreadable'; readonly detail: string };

/** An error as Mavera answers it. */
export interface MaveraError {
  /** HTTP status; that of the code when an error came with status 200. */
  readonly status: number;
  /** e.g. `credits_exhausted`; `unknown` when the answer did not say. */
  readonly code: string;
  readonly message: string;
  readonly retryAfterMs?: number | undefined;
}

/**
 * Whose fault an error is, which decides what becomes of the run.
 * `passing`: nobody's, try again; `account`: the key's, the plan's or the set-up's, so all runs wait; `request`: the run's own.
 */
export type MaveraFault = 'passing' | 'account' | 'request';

const passingStatuses: ReadonlySet<number> = new Set([408, 425, 429]);
const accountStatuses: ReadonlySet<number> = new Set([401, 402]);

/**
 * Source: Mavera, "Errors": 400, 401, 402, 403 and 404 are not to be retried, 429, 500 and 503 are. 502 and 504
 * are not documented; a platform in front of the service sends them.
 */
export function faultOf({ status }: MaveraError): MaveraFault {
  // A redirect is never followed, since it would carry the key along: the base URL has to be mended.
  if (accountStatuses.has(status) || (status >= 300 && status < 400)) {
    return 'account';
  }
  return passingStatuses.has(status) || status >= 500 ? 'passing' : 'request';
}
