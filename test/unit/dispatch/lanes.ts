import type { Block, Lane, ParkedEntry } from '../../../functions/dispatch/lane.ts';
import { planSlots } from '../../../functions/dispatch/planSlots.ts';
import {
  type Assignment,
  noPlanState,
  type PlanInput,
  type PlanState,
  type SlotPlan,
} from '../../../functions/dispatch/slotPlan.ts';

/** When the first plan is made. */
export const nowMs = Date.parse('2026-11-21T12:00:00Z');

/** Runs that have waited, the first one longest. */
export function parkedRuns(
  trigger: string,
  count: number,
  changes: Partial<ParkedEntry> = {},
): readonly ParkedEntry[] {
  return Array.from({ length: count }, (_, index) => ({
    runId: `${trigger}-${index + 1}`,
    number: 1,
    orderMs: nowMs - 3_600_000 + index,
    endsAtMs: nowMs + 86_400_000,
    credits: 50,
    ...changes,
  }));
}

/** A lane without a cap, a budget or a block. */
export function lane(trigger: string, runs: number, changes: Partial<Lane> = {}): Lane {
  return { trigger, action: trigger, budgets: [], entries: parkedRuns(trigger, runs), ...changes };
}

export const blocked = (reason: Block['reason'], ...probes: Block['probes']): Block => ({ reason, probes });

/** One slot a second, the first one now. */
export function slotsFrom(firstMs: number, count: number, intervalMs = 1_000): readonly number[] {
  return Array.from({ length: count }, (_, index) => firstMs + index * intervalMs);
}

/** A plan of the first ten seconds, in which nothing but the lanes matters. */
export function plan(lanes: readonly Lane[], changes: Partial<PlanInput> = {}): SlotPlan {
  return planSlots({
    slots: slotsFrom(nowMs, 10),
    intervalMs: 1_000,
    lanes,
    creditsLeft: new Map(),
    affordableCredits: Number.POSITIVE_INFINITY,
    state: noPlanState,
    nowMs,
    ...changes,
  });
}

/** The triggers that got the slots, in order. */
export const triggersOf = ({ assignments }: SlotPlan): readonly string[] =>
  assignments.map(({ trigger }) => trigger);

/** The runs that got the slots, in order. */
export const runsOf = ({ assignments }: SlotPlan): readonly string[] => assignments.map(({ runId }) => runId);

/** Makes one plan after another. What got a slot no longer waits, and the state is kept as JSON. */
export class Dispatching {
  readonly assignments: Assignment[] = [];
  #state: PlanState = noPlanState;
  #lanes: readonly Lane[];

  constructor(lanes: readonly Lane[]) {
    this.#lanes = lanes;
  }

  change(change: (lane: Lane) => Lane): void {
    this.#lanes = this.#lanes.map(change);
  }

  plan(slots: readonly number[], changes: Partial<PlanInput> = {}): SlotPlan {
    const made = plan(this.#lanes, { slots, state: this.#state, nowMs: slots[0] ?? nowMs, ...changes });
    const goneOf = Map.groupBy(made.assignments, ({ trigger }) => trigger);
    this.#state = JSON.parse(JSON.stringify(made.state)) as PlanState;
    this.change((one) => {
      const gone = new Set(goneOf.get(one.trigger)?.map(({ runId }) => runId));
      return { ...one, entries: without(one.entries, gone) };
    });
    this.assignments.push(...made.assignments);
    return made;
  }
}

/** Mostly the first entries have gone, so that a lane of 100,000 need not be copied run by run. */
function without(entries: readonly ParkedEntry[], gone: ReadonlySet<string>): readonly ParkedEntry[] {
  const first = entries.findIndex(({ runId }) => !gone.has(runId));
  const rest = entries.slice(first === -1 ? entries.length : first);
  return entries.length - rest.length === gone.size ? rest : rest.filter(({ runId }) => !gone.has(runId));
}
