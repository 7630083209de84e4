import { runKey } from '../../../functions/ledger/runLease.ts';
import { runId, subjectOf } from '../runs/newRuns.ts';
import type { SimulatedWorld } from '../world/simulatedWorld.ts';

/** Runs numbered from 0 of one trigger. */
export interface JudgedRuns {
  readonly trigger: string;
  readonly count: number;
}

/** What became of runs. */
export interface RunCounts {
  /** By state of their items, and `none` for those without an item. */
  readonly states: ReadonlyMap<string, number>;
  /** Runs whose work Mavera has done more than once. */
  readonly twice: number;
}

/** Counts what the ledger says of runs, and how often Mavera has done their work. */
export function judgeRuns(world: SimulatedWorld, runs: readonly JudgedRuns[]): RunCounts {
  const done = timesDone(world);
  const states = new Map<string, number>();
  let twice = 0;
  for (const { trigger, count } of runs) {
    for (let index = 0; index < count; index += 1) {
      const state = world.dynamo.table.item(runKey(runId(trigger, index)))?.state?.S ?? 'none';
      states.set(state, (states.get(state) ?? 0) + 1);
      twice += (done.get(subjectOf(trigger, index)) ?? 0) > 1 ? 1 : 0;
    }
  }
  return { states, twice };
}

/** By subject: how often Mavera did the work. */
function timesDone({ mavera }: SimulatedWorld): ReadonlyMap<string, number> {
  const times = new Map<string, number>();
  for (const { isWork, subject, status } of mavera.calls) {
    if (isWork && subject !== undefined && status >= 200 && status < 300) {
      times.set(subject, (times.get(subject) ?? 0) + 1);
    }
  }
  return times;
}
