import { mapConcurrently } from '../aws/mapConcurrently.ts';
import { approvalLane, notBeforeLane } from '../ledger/parkedIndex.ts';
import type { ParkedRun } from '../ledger/parkedItem.ts';
import { readSharedState, type SharedState } from '../ledger/sharedState.ts';
import { performerOf } from '../mavera/actions/actionPerformers.ts';
import { applyingBudgets, possibleBudgetKeys } from '../run/gates/budgetGate.ts';
import { intervalMsFor, limitOf } from '../run/gates/paceGate.ts';
import type { Trigger } from '../triggers/trigger.ts';
import type { DispatcherDependencies } from './dispatcherDependencies.ts';
import type { EndingLane } from './endedEntries.ts';
import type { Block, Lane } from './lane.ts';
import { followDurations, type MeanDurations } from './meanDurations.ts';
import { type LaneFacts, skipsAboveCredits, whyBlocked } from './whyBlocked.ts';

/** Runs that are read beyond the free slots: the index may still have some that were sent on. */
const lagRoom = 50;
const lanesAtOnce = 8;

/** What the dispatcher has read at the beginning of a pass. */
export interface ReadLanes {
  readonly shared: SharedState;
  readonly intervalMs: number;
  /** By name, with the first runs of each in their order. */
  readonly entries: ReadonlyMap<string, readonly ParkedRun[]>;
  /** Lanes that have more runs, or may have more, than were read. */
  readonly longLanes: ReadonlySet<string>;
  /** Those of triggers that there still are. */
  readonly lanes: readonly Lane[];
  readonly blocks: ReadonlyMap<string, Block>;
  readonly ending: readonly EndingLane[];
  readonly durations: MeanDurations;
}

/** Reads which runs are parked, and all that decides whether they may go: once for the whole pass. */
export async function readLanes(
  dependencies: DispatcherDependencies,
  horizonMs: number,
  durationsBefore: MeanDurations,
): Promise<ReadLanes> {
  const { parkedRuns, triggers, settings, ledger, caps, now } = dependencies;
  const names = await parkedRuns.lanes();
  const known = names.flatMap((name) => triggers.get(name) ?? []);
  const typicalMs = typicalDurations(known);
  const nowMs = now();
  const [shared, counted] = await Promise.all([
    readSharedState(ledger, {
      runId: '',
      budgetKeys: [
        ...new Set(known.flatMap((one) => possibleBudgetKeys(one, settings.overallBudget, nowMs))),
      ],
      nowMs,
    }),
    caps.readDurations([...typicalMs.keys()]),
  ]);
  const intervalMs = intervalMsFor(limitOf(settings.requestsPerMinute, shared.usage));
  const freeMs = horizonMs - Math.max(0, shared.nextSlotAtMs - nowMs);
  const limit = Math.max(0, Math.ceil(freeMs / intervalMs)) + lagRoom;
  const read = await mapConcurrently(names, lanesAtOnce, async (name) => {
    const found = await parkedRuns.oldest(name, limit);
    return { name, found, runs: found.filter((run) => !wasSentLately(run, dependencies)) };
  });
  const longLanes = new Set(read.filter(({ found }) => found.length === limit).map(({ name }) => name));
  const entries = new Map(read.filter(({ runs }) => runs.length > 0).map(({ name, runs }) => [name, runs]));
  const durations = followDurations(durationsBefore, counted, (action) => typicalMs.get(action) ?? 0);
  const isApiKeyMissing = entries.size > 0 && (await dependencies.isApiKeyMissing());
  const ofTriggers = [...entries].filter(([name]) => name !== approvalLane && name !== notBeforeLane);
  const lanes: Lane[] = [];
  const blocks = new Map<string, Block>();
  const ending: EndingLane[] = [];
  for (const [name, runs] of ofTriggers) {
    const trigger = triggers.get(name);
    if (trigger === undefined) {
      ending.push({ trigger: name, entries: runs, isRemoved: true });
      continue;
    }
    const cheapestCredits = Math.min(...runs.map(({ credits }) => credits));
    const { overallBudget } = settings;
    const facts: LaneFacts = { trigger, shared, overallBudget, isApiKeyMissing, cheapestCredits, nowMs };
    const block = whyBlocked(facts);
    if (block !== undefined) {
      blocks.set(name, block);
    }
    ending.push({ trigger: name, entries: runs, skipsAboveCredits: skipsAboveCredits(facts) });
    const budgets = applyingBudgets(trigger, overallBudget, shared.operator, nowMs).map(({ key }) => key);
    lanes.push({ ...laneOf(trigger, runs, durations), budgets, block });
  }
  ending.push({ trigger: approvalLane, entries: entries.get(approvalLane) ?? [] });
  return { shared, intervalMs, entries, longLanes, lanes, blocks, ending, durations };
}

function laneOf(
  { name, weight, run }: Trigger,
  entries: readonly ParkedRun[],
  durations: MeanDurations,
): Omit<Lane, 'budgets'> {
  const calls = performerOf(run)?.cap;
  const cap = calls === undefined ? undefined : { calls, meanDurationMs: durations[run.kind]?.meanMs ?? 0 };
  return { trigger: name, weight, action: run.kind, cap, entries };
}

function wasSentLately({ runId, number }: ParkedRun, { sentLately, now }: DispatcherDependencies): boolean {
  const sent = sentLately.get(runId);
  return sent !== undefined && sent.number >= number && sent.untilMs > now();
}

/** How long the work of each action with a concurrency cap takes until some of it has been measured. */
function typicalDurations(triggers: readonly Trigger[]): ReadonlyMap<string, number> {
  return new Map(
    triggers.flatMap(({ run }) => {
      const { cap, typicalMs = 0 } = performerOf(run) ?? {};
      return cap === undefined ? [] : [[run.kind, typicalMs] as const];
    }),
  );
}
