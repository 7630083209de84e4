import type { Agent } from '../access/grants.ts';
import type { OperationRequest } from '../access/operation.ts';
import type { OperationName } from '../access/operations.ts';
import type { CallQuotas } from '../ledger/callQuotas.ts';
import type { EndedOccurrence } from '../ledger/pullCursor.ts';
import type { PullCursors } from '../ledger/pullCursors.ts';
import type { PulledItems } from '../ledger/pulledItems.ts';
import type { SeenItems } from '../ledger/seenItems.ts';
import type { Trigger } from '../triggers/trigger.ts';
import type { PullEnds } from './pullEnds.ts';
import type { PullQueue } from './pullQueue.ts';
import type { RowsReader } from './rows/readRows.ts';

/** How long one delivery may work on a step: a minute less than Lambda gives the puller, for what follows the work. */
export const longestStepMs = 840_000;

/** What the gate of all systems answers, as far as a pull has to know. */
export type GateAnswer =
  | { readonly kind: 'answered'; readonly json: unknown }
  | {
      readonly kind: 'refused';
      readonly error: {
        readonly status: number;
        readonly code: string;
        readonly retryAfterMs?: number | undefined;
      };
    }
  | {
      readonly kind: 'blocked';
      readonly status: number;
      readonly detail: string;
      readonly retryAfterMs?: number | undefined;
    }
  | {
      readonly kind: 'unreachable' | 'lost' | 'no_credentials' | 'not_allowed';
      readonly detail: string;
    }
  | { readonly kind: 'busy'; readonly untilMs: number };

/** The gate of all systems, as far as a pull uses it. */
export interface PullGate {
  call(call: {
    readonly agent: Agent;
    readonly operation: OperationName;
    readonly request: OperationRequest;
  }): Promise<GateAnswer>;
}

/** What a pull says of itself, for the log and for subscribers. */
export type PullReport = {
  readonly trigger: string;
  readonly occurrence: string;
  readonly kind: string;
} & (
  | { readonly what: 'started' }
  /** Another occurrence is at work. */
  | { readonly what: 'skipped'; readonly detail: string }
  /** An item of which no event can be made. */
  | { readonly what: 'passedOver'; readonly detail: string }
  | { readonly what: 'waits'; readonly detail: string; readonly untilMs: number }
  | ({ readonly what: 'ended' } & EndedOccurrence)
);

export interface PullSettings {
  /** How long a run may wait for its result, from when it was queued. */
  readonly runDeadlineMs: number;
  /** How long an occurrence may take. */
  readonly pullDeadlineMs: number;
  /** How long one delivery may work on a step. */
  readonly stepMs: number;
}

/** What the puller works with. */
export interface PullDependencies {
  readonly settings: PullSettings;
  /** By name. */
  readonly triggers: ReadonlyMap<string, Trigger>;
  readonly cursors: PullCursors;
  readonly pulledItems: PulledItems;
  readonly seenItems: SeenItems;
  readonly quotas: CallQuotas;
  readonly queue: PullQueue;
  readonly ends: PullEnds;
  readonly gate: PullGate;
  readonly readRows: RowsReader;
  readonly report: (report: PullReport) => void;
  readonly now: () => number;
  readonly sleep: (ms: number) => Promise<void>;
  /** A random number from 0 up to 1. */
  readonly random: () => number;
  /** A random id, one per delivery. */
  readonly newOwner: () => string;
}

/** What one step is taken with. */
export interface StepDependencies extends Pick<PullDependencies, 'gate' | 'readRows' | 'now' | 'sleep'> {
  readonly quotas: Pick<CallQuotas, 'take' | 'giveBack'>;
}
