import type { Breaker } from '../ledger/breaker.ts';
import type { Caps } from '../ledger/caps.ts';
import type { Collections } from '../ledger/collections.ts';
import type { Cooldowns } from '../ledger/cooldowns.ts';
import type { KeptIds } from '../ledger/keptIds.ts';
import type { Pace } from '../ledger/pace.ts';
import type { Runs } from '../ledger/runs.ts';
import type { SharedState } from '../ledger/sharedState.ts';
import type { Usage } from '../ledger/usage.ts';
import type { MaveraCredentials } from '../mavera/credentials.ts';
import type { MaveraClient } from '../mavera/maveraClient.ts';
import type { RunMessageQueues } from '../queue/runMessageQueues.ts';
import type { ResultsTopic } from '../results/resultsTopic.ts';
import type { SegmentTracking } from '../results/segmentTracking.ts';
import type { CachedSecret } from '../secrets/cachedSecret.ts';
import type { Trigger } from '../triggers/trigger.ts';
import type { RunGates } from './gates/runGates.ts';

/** What the operator chose for the runner. */
export interface RunnerSettings {
  /** Calls to Mavera after which a run is given up. */
  readonly maxAttempts: number;
  /** How long a run's record is kept. */
  readonly runRetentionMs: number;
  /** Mavera's limit. */
  readonly requestsPerMinute: number;
  /** How long one call to Mavera may take. */
  readonly maveraTimeoutMs: number;
}

/** What the runner works with. */
export interface RunnerDependencies {
  readonly settings: RunnerSettings;
  /** By name. */
  readonly triggers: ReadonlyMap<string, Trigger>;
  readonly runs: Runs;
  readonly pace: Pace;
  readonly caps: Caps;
  readonly breaker: Breaker;
  readonly usage: Usage;
  readonly cooldowns: Cooldowns;
  readonly keptIds: KeptIds;
  readonly collections: Collections;
  /** What all environments share and a run of a trigger has to go by. */
  readonly readSharedState: (trigger: Trigger, runId: string, nowMs: number) => Promise<SharedState>;
  readonly gates: RunGates;
  readonly mavera: MaveraClient;
  readonly maveraSecret: CachedSecret<MaveraCredentials>;
  readonly queues: RunMessageQueues;
  readonly results: ResultsTopic;
  readonly segmentTracking: SegmentTracking;
  readonly now: () => number;
  readonly random: () => number;
  readonly sleep: (milliseconds: number) => Promise<void>;
  /** Told of each failure that was dealt with. */
  readonly onTrouble: (what: string, error: unknown) => void;
}
