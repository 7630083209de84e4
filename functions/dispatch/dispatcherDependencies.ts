import type { Caps } from '../ledger/caps.ts';
import type { DispatcherState } from '../ledger/dispatcherState.ts';
import type { LedgerTable } from '../ledger/ledgerTable.ts';
import type { Pace } from '../ledger/pace.ts';
import type { ParkedRuns } from '../ledger/parkedRuns.ts';
import type { RunMessageQueues } from '../queue/runMessageQueues.ts';
import type { OverallBudget } from '../run/gates/budgetGate.ts';
import type { Trigger } from '../triggers/trigger.ts';

/** What the platform team chose for the dispatcher. */
export interface DispatcherSettings {
  /** Mavera's rate limit. */
  readonly requestsPerMinute: number;
  /** The budget of all triggers together; absent for none. */
  readonly overallBudget?: OverallBudget | undefined;
  /** Between two passes while anything is parked; whole seconds. */
  readonly everyMs: number;
}

/** What the dispatcher works with. */
export interface DispatcherDependencies {
  readonly settings: DispatcherSettings;
  /** By name. */
  readonly triggers: ReadonlyMap<string, Trigger>;
  readonly ledger: LedgerTable;
  readonly state: DispatcherState;
  readonly parkedRuns: ParkedRuns;
  readonly pace: Pace;
  readonly caps: Caps;
  readonly queues: RunMessageQueues;
  /** Has the dispatcher come again after some time. */
  readonly wakeLater: (delayMs: number) => Promise<void>;
  /** Whether Mavera's API key is not filled in, or cannot be read. */
  readonly isApiKeyMissing: () => Promise<boolean>;
  /** What was sent lately, by run id with its parking number and until when: the index may still have it. */
  readonly sentLately: Map<string, { readonly number: number; readonly untilMs: number }>;
  readonly now: () => number;
  /** Called for each failure that does not end the pass. */
  readonly onTrouble: (what: string, error: unknown) => void;
}
