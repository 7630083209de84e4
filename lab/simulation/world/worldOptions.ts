import type { OverallBudget } from '../../../functions/run/gates/budgetGate.ts';
import type { Trigger } from '../../../functions/triggers/trigger.ts';
import type { LatencyOption } from '../../../simulators/mavera/latency.ts';

/** How often things go wrong, as shares from 0 to 1. */
export interface Troubles {
  /** Messages that come twice. */
  readonly twice: number;
  /** Messages that come late, by up to three seconds. */
  readonly late: number;
  /** Invocations of the runner whose environment dies after one of its calls. */
  readonly runnerDeaths: number;
  /** The same, of the dispatcher. */
  readonly dispatcherDeaths: number;
  /** Minutes in which the schedule does not fire. */
  readonly scheduleSkipped: number;
  /** Minutes in which it fires twice. */
  readonly scheduleTwice: number;
  /** Calls to Mavera that do their work and whose answer is lost. */
  readonly lostAnswers: number;
}

/** What goes wrong on every day. */
export const usualTroubles: Troubles = {
  twice: 0.001,
  late: 0.005,
  runnerDeaths: 0,
  dispatcherDeaths: 0,
  scheduleSkipped: 0.02,
  scheduleTwice: 0.02,
  lostAnswers: 0,
};

/** A simulated deployment. */
export interface WorldOptions {
  readonly triggers: readonly Trigger[];
  readonly requestsPerMinute: number;
  /** How long Mavera takes. */
  readonly latency: LatencyOption;
  /** How many messages of the ready queue are handled at once. */
  readonly readyConcurrency: number;
  readonly troubles: Troubles;
  readonly seed: number;
  readonly overallBudget?: OverallBudget | undefined;
  /** @default enough for all */
  readonly monthlyCredits?: number | undefined;
  /** How long the generation of a focus group takes. @default 60,000 */
  readonly focusGroupMs?: number | undefined;
  /** From when until when Mavera answers every call with 503. */
  readonly down?: { readonly fromMs: number; readonly untilMs: number } | undefined;
  /** Execution environments of the receiver. @default 2 */
  readonly receivers?: number | undefined;
}

/** When each simulation begins. */
export const startMs = Date.parse('2026-11-20T06:00:00Z');
