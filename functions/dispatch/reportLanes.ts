import type { LaneReport } from '../ledger/dispatcherState.ts';
import { approvalLane, notBeforeLane } from '../ledger/parkedIndex.ts';
import { applyingBudgets, usedPercent } from '../run/gates/budgetGate.ts';
import type { DispatcherDependencies } from './dispatcherDependencies.ts';
import type { DispatchState } from './dispatchState.ts';
import type { ReadLanes } from './readLanes.ts';
import type { OutgoingRun } from './sendParked.ts';

/** A lane with more runs than one pass reads is counted this often. */
const countEveryMs = 15 * 60_000;

/** A pass whose runs are sent. */
export interface SentPass {
  readonly read: ReadLanes;
  readonly before: DispatchState;
  readonly sent: readonly (OutgoingRun & { readonly lane: string })[];
}

/** What a pass has found and sent. */
export interface DispatchedLanes {
  readonly lanes: readonly LaneReport[];
  readonly counts: DispatchState['counts'];
  readonly nextSlots: DispatchState['nextSlots'];
  readonly sentWithSlot: number;
  readonly sentWithoutSlot: number;
  /** How full the fullest budget of a trigger with parked runs is; absent without budgets. */
  readonly budgetUsedPercent: number | undefined;
}

/** Says of each lane how many runs it still has, why it waits, and when its next run goes. */
export async function reportLanes(
  { read, before, sent }: SentPass,
  dependencies: DispatcherDependencies,
): Promise<DispatchedLanes> {
  const { now } = dependencies;
  const lanes: LaneReport[] = [];
  const counts: Record<string, { readonly count: number; readonly countedAtMs: number }> = {};
  const nextSlots: Record<string, number> = {};
  for (const [lane, runs] of read.entries) {
    const ofLane = sent.filter((one) => one.lane === lane);
    const sentIds = new Set(ofLane.map(({ runId }) => runId));
    const left = runs.filter(({ runId }) => !sentIds.has(runId));
    const known = before.counts[lane];
    const isExact = !read.longLanes.has(lane);
    const counted = isExact
      ? { count: left.length, countedAtMs: now() }
      : known !== undefined && now() - known.countedAtMs < countEveryMs
        ? { ...known, count: Math.max(left.length, known.count - ofLane.length) }
        : { count: await dependencies.parkedRuns.count(lane), countedAtMs: now() };
    const nextSlotAtMs = nextSlotOf(before.nextSlots[lane], ofLane, now());
    if (nextSlotAtMs !== undefined) {
      nextSlots[lane] = nextSlotAtMs;
    }
    if (!isExact) {
      counts[lane] = counted;
    }
    if (counted.count > 0) {
      const oldestMs = left[0]?.orderMs ?? runs[0]?.orderMs ?? now();
      lanes.push({ lane, reason: reasonOf(lane, read), ...counted, isExact, oldestMs, nextSlotAtMs });
    }
  }
  const sentWithSlot = sent.filter(({ slotAtMs }) => slotAtMs !== undefined).length;
  return {
    lanes,
    counts,
    nextSlots,
    sentWithSlot,
    sentWithoutSlot: sent.length - sentWithSlot,
    budgetUsedPercent: budgetUsedPercent(read, dependencies),
  };
}

function budgetUsedPercent(
  { lanes, shared }: ReadLanes,
  { triggers, settings, now }: DispatcherDependencies,
): number | undefined {
  const budgets = lanes.flatMap(({ trigger: name }) => {
    const trigger = triggers.get(name);
    return trigger === undefined
      ? []
      : applyingBudgets(trigger, settings.overallBudget, shared.operator, now());
  });
  return usedPercent(budgets, shared, 0);
}

function reasonOf(lane: string, { blocks }: ReadLanes): LaneReport['reason'] {
  switch (lane) {
    case approvalLane:
      return 'approval';
    case notBeforeLane:
      return 'not_before';
    default:
      return blocks.get(lane)?.reason;
  }
}

/** The earliest slot to come. A slot of an earlier pass counts until it is over. */
function nextSlotOf(
  before: number | undefined,
  sent: readonly OutgoingRun[],
  nowMs: number,
): number | undefined {
  const slots = sent.flatMap(({ slotAtMs }) => slotAtMs ?? []);
  const earliest = Math.min(
    ...slots,
    before !== undefined && before >= nowMs ? before : Number.POSITIVE_INFINITY,
  );
  return Number.isFinite(earliest) ? earliest : undefined;
}
