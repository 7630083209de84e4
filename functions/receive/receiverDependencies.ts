import type { Claims } from '../ledger/claims.ts';
import type { ForgetRequests } from '../ledger/forgetRequests.ts';
import type { RunQueue } from '../queue/runQueue.ts';
import type { OpenSources } from './openSource.ts';

/** What the operator chose for the receiver. */
export interface ReceiverSettings {
  readonly maxBodyBytes: number;
  /** The open routes, such as `sendgrid/eu`, or `eu` for every source; `undefined`: every route. */
  readonly routes?: ReadonlySet<string> | undefined;
  readonly dedupeWindowMs: number;
  /** How long after its event's arrival a run is dead-lettered. */
  readonly runDeadlineMs: number;
  readonly acceptReplays: boolean;
}

/** What the receiver works with. */
export interface ReceiverDependencies {
  readonly settings: ReceiverSettings;
  /** How long after its arrival a request is answered at the latest, with 503 if necessary. */
  readonly answerWithinMs: number;
  readonly sources: OpenSources;
  readonly claims: Claims;
  readonly queue: RunQueue;
  /** Records the users of `delete` events; absent unless the operator honours them. */
  readonly forgetRequests?: ForgetRequests | undefined;
  readonly now: () => number;
  readonly random: () => number;
  readonly sleep: (milliseconds: number) => Promise<void>;
}
