import type { Breaker } from '../ledger/breaker.ts';
import type { Budgets } from '../ledger/budgets.ts';
import type { Cancellations } from '../ledger/cancellations.ts';
import type { Caps } from '../ledger/caps.ts';
import type { Collections } from '../ledger/collections.ts';
import type { Cooldowns } from '../ledger/cooldowns.ts';
import type { DispatcherState } from '../ledger/dispatcherState.ts';
import type { KeptIds } from '../ledger/keptIds.ts';
import type { LastResults } from '../ledger/lastResults.ts';
import type { LedgerTable } from '../ledger/ledgerTable.ts';
import type { LookedUp } from '../ledger/lookedUp.ts';
import type { Pace } from '../ledger/pace.ts';
import type { ParkedRuns } from '../ledger/parkedRuns.ts';
import type { Runs } from '../ledger/runs.ts';
import type { SegopsReports } from '../ledger/segopsReports.ts';
import type { Usage } from '../ledger/usage.ts';
import type { LookupSettings } from '../lookups/lookupCalls.ts';
import type { MaveraCredentials } from '../mavera/credentials.ts';
import type { RunMessageQueues } from '../queue/runMessageQueues.ts';
import type { ResultsTopic } from '../results/resultsTopic.ts';
import type { CachedSecret } from '../secrets/cachedSecret.ts';
import type { SystemsGate } from '../systems/systemsGate.ts';
import type { Trigger } from '../triggers/trigger.ts';
import type { OverallBudget } from './gates/budgetGate.ts';
import type { RunGates } from './gates/runGates.ts';

/** What the platform team chose for the runner. */
export interface RunnerSettings {
  /** Calls to Mavera after which a run fails. */
  readonly maxAttempts: number;
  /** How long a run may wait for its result, from its arrival; here for runs that follow others. */
  readonly runDeadlineMs: number;
  /** How long a run's item is kept. */
  readonly runRetentionMs: number;
  /** Mavera's rate limit. */
  readonly requestsPerMinute: number;
  /** How long one call to Mavera may take. */
  readonly maveraTimeoutMs: number;
  /** The budget of all triggers together; absent for none. */
  readonly overallBudget?: OverallBudget | undefined;
}

/**
 * Which queue a message came from. `intake`: new runs, also in bulk; `ready`: what must not wait behind new runs.
 */
export type Door = 'intake' | 'ready';

/** What the runner works with. */
export interface RunnerDependencies {
  readonly settings: RunnerSettings;
  /** By name. */
  readonly triggers: ReadonlyMap<string, Trigger>;
  /** The triggers that follow each trigger, by its name. */
  readonly followers: ReadonlyMap<string, readonly Trigger[]>;
  readonly ledger: LedgerTable;
  readonly runs: Runs;
  readonly segopsReports: SegopsReports;
  readonly budgets: Budgets;
  readonly pace: Pace;
  readonly caps: Caps;
  readonly breaker: Breaker;
  readonly usage: Usage;
  readonly cancellations: Cancellations;
  readonly cooldowns: Cooldowns;
  readonly keptIds: KeptIds;
  readonly lookedUp: LookedUp;
  readonly collections: Collections;
  readonly lastResults: LastResults;
  readonly parkedRuns: ParkedRuns;
  readonly dispatcherState: DispatcherState;
  readonly lookupSettings: LookupSettings;
  readonly gates: RunGates;
  /** In front of every call to an outside system. */
  readonly gate: SystemsGate;
  readonly maveraSecret: CachedSecret<MaveraCredentials>;
  readonly queues: RunMessageQueues;
  readonly results: ResultsTopic;
  readonly now: () => number;
  readonly random: () => number;
  readonly sleep: (milliseconds: number) => Promise<void>;
  /** Called for each failure that does not end the delivery. */
  readonly onTrouble: (what: string, error: unknown) => void;
}
