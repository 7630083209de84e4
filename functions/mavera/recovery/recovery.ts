import type { SystemRequest } from '../../systems/systemClient.ts';
import type { ActionResult } from '../actions/actionResult.ts';

/** A call whose answer did not arrive: Mavera may have done the work. */
export interface LostCall {
  /** What was sent. Long strings in its body may be cut: see `sameText`. */
  readonly request: SystemRequest;
  readonly runId: string;
  /** Epoch milliseconds. */
  readonly startedAtMs: number;
}

/**
 * What comes next in a search for the work of a lost call. `read`: read this path at Mavera, then go on from `state`,
 * which is JSON of at most a few KB; the ledger keeps it when the search goes on in another delivery. `unknowable`:
 * nothing at Mavera tells whether the work was done, so a person has to look.
 */
export type RecoveryStep =
  | {
      readonly kind: 'read';
      readonly path: string;
      readonly state: unknown;
      /** A 404 says only that the work is not there. Without it a 404 is a refusal like any other. */
      readonly mayBeGone?: boolean | undefined;
    }
  | { readonly kind: 'found'; readonly result: ActionResult }
  | { readonly kind: 'pending'; readonly pendingId: string }
  | { readonly kind: 'not_found' }
  | { readonly kind: 'unknowable'; readonly detail: string };

/** A read of the search: the JSON of a success, or that the thing is gone. */
export type ReadAnswer = { readonly json: unknown } | { readonly isGone: true };

/**
 * How the work of one kind of call is searched for at Mavera, which has no idempotency keys. A search is a row of pure
 * steps, one read each, so that it can go on in another delivery where it stopped.
 */
export interface Recovery {
  /** @throws ZodError when the request is not one that this search knows */
  begin(call: LostCall): RecoveryStep;
  /**
   * @param state of the step before
   * @throws ZodError when the state is not one of this version, or the answer is not as documented
   */
  next(call: LostCall, state: unknown, answer: ReadAnswer): RecoveryStep;
}
