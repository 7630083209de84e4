import type { LedgerAndQueue } from './ledgerAndQueue.ts';
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
  /** Whether the users of `delete` events are recorded, to be forgotten. @default false */
  readonly honourDeletes?: boolean | undefined;
}

/** What the receiver works with. */
export interface ReceiverDependencies {
  readonly settings: ReceiverSettings;
  /** How long after its arrival a request is answered at the latest, with 503 if necessary. */
  readonly answerWithinMs: number;
  readonly sources: OpenSources;
  /** Loads the clients of AWS when it is first called; `undefined` when they cannot be loaded. */
  readonly ledgerAndQueue: () => Promise<LedgerAndQueue | undefined>;
  readonly now: () => number;
  readonly random: () => number;
  readonly sleep: (milliseconds: number) => Promise<void>;
}
