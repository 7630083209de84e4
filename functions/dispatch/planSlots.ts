import { ActionSpacing } from './actionSpacing.ts';
import { type DispatchedCredits, stillDispatched, withDispatched } from './dispatchedCredits.ts';
import { FairTurns } from './fairTurns.ts';
import type { Lane, ParkedEntry, Probe } from './lane.ts';
import { CreditsToSpend, PayableEntries } from './payableEntries.ts';
import type { Assignment, PlanInput, PlanState, SlotPlan } from './slotPlan.ts';

/**
 * How long after the slot of a probe the next run may pass for the same reason. By then the first one has its answer, or
 * the breaker says that it is still probing.
 */
export const probeAgainMs = 60_000;

/**
 * Decides which parked run gets which slot. A probe goes first, then the first run of a trigger that has had no slot
 * lately, then triggers in fair turns and the oldest run of each. A slot stays unused only if no lane may use it.
 */
export function planSlots(input: PlanInput): SlotPlan {
  const planner = new SlotPlanner(input);
  const unusedSlots = input.slots.filter((slotAtMs) => !planner.give(slotAtMs));
  return { assignments: planner.assignments, unusedSlots, state: planner.kept(unusedSlots.length > 0) };
}

/** A lane, and its oldest run that could use a slot. */
interface Candidate {
  readonly lane: Lane;
  readonly entry: ParkedEntry;
}

class SlotPlanner {
  readonly assignments: Assignment[] = [];
  readonly #input: PlanInput;
  readonly #taken = new Set<string>();
  readonly #credits: CreditsToSpend;
  readonly #turns: FairTurns;
  readonly #spacing: ActionSpacing;
  readonly #probedAtMs: Map<Probe, number>;
  readonly #queues: readonly (readonly [Lane, PayableEntries])[];
  #dispatched: readonly DispatchedCredits[];

  constructor(input: PlanInput) {
    const { lanes, state } = input;
    this.#input = input;
    this.#credits = new CreditsToSpend(input.creditsLeft, input.affordableCredits);
    this.#turns = new FairTurns(state.turns);
    this.#spacing = new ActionSpacing(state.lastSlots, input.intervalMs);
    this.#probedAtMs = new Map(Object.entries(state.probedAtMs) as [Probe, number][]);
    this.#dispatched = stillDispatched(state.dispatched, input.nowMs);
    this.#queues = lanes.map((lane) => [lane, new PayableEntries(lane, this.#credits, this.#taken)]);
  }

  /** @returns whether a run could use the slot */
  give(slotAtMs: number): boolean {
    const waiting = this.#waiting(slotAtMs);
    const candidates = waiting.filter(({ lane }) => this.#spacing.allows(lane, slotAtMs));
    const chosen =
      oldest(candidates.filter(({ lane }) => lane.block !== undefined)) ??
      oldest(candidates.filter(({ lane }) => this.#turns.isNew(lane)));
    if (chosen !== undefined) {
      this.#turns.takeEarly(chosen.lane);
      this.#assign(chosen, slotAtMs);
      return true;
    }
    const next = this.#nextInTurn(candidates);
    if (next === undefined) {
      return false;
    }
    this.#turns.takeTurn(next.lane);
    this.#assign(next, slotAtMs);
    this.#limitArrears(waiting);
    return true;
  }

  kept(slotsLeft: boolean): PlanState {
    const { slots, nowMs } = this.#input;
    const waiting = this.#waiting(slots.at(-1) ?? nowMs);
    return {
      turns: this.#turns.kept(new Set(waiting.map(({ lane }) => lane.trigger)), slotsLeft),
      lastSlots: this.#spacing.kept(),
      dispatched: this.#dispatched,
      probedAtMs: Object.fromEntries(this.#probedAtMs),
    };
  }

  /** Lanes with a run that could use the slot, if the spacing of its action allows it. */
  #waiting(slotAtMs: number): readonly Candidate[] {
    return this.#queues.flatMap(([lane, queue]) => {
      const entry = this.#mayPass(lane, slotAtMs) ? queue.next(slotAtMs) : undefined;
      return entry === undefined ? [] : [{ lane, entry }];
    });
  }

  #mayPass({ block }: Lane, slotAtMs: number): boolean {
    return (
      block === undefined ||
      (block.probes.length > 0 &&
        block.probes.every((probe) => slotAtMs >= (this.#probedAtMs.get(probe) ?? 0) + probeAgainMs))
    );
  }

  #nextInTurn(candidates: readonly Candidate[]): Candidate | undefined {
    const turns = candidates.map(({ lane }) => this.#turns.turnOf(lane));
    const earliest = Math.min(...turns);
    return oldest(candidates.filter((_candidate, index) => turns[index] === earliest));
  }

  #assign({ lane, entry }: Candidate, slotAtMs: number): void {
    const { runId, number, credits } = entry;
    this.assignments.push({ runId, number, trigger: lane.trigger, slotAtMs });
    this.#taken.add(runId);
    this.#spacing.take(lane, slotAtMs);
    if (credits > 0) {
      this.#credits.pay(lane, entry);
      for (const budget of lane.budgets) {
        this.#dispatched = withDispatched(this.#dispatched, { budget, credits, slotAtMs });
      }
    }
    for (const probe of lane.block?.probes ?? []) {
      this.#probedAtMs.set(probe, slotAtMs);
    }
  }

  #limitArrears(waiting: readonly Candidate[]): void {
    const capped = waiting.map(({ lane }) => lane).filter(({ cap }) => cap !== undefined);
    for (const lanes of Map.groupBy(capped, ({ action }) => action).values()) {
      this.#turns.limitArrears(lanes);
    }
  }
}

/** The candidate whose run has waited longest. */
function oldest(candidates: readonly Candidate[]): Candidate | undefined {
  return candidates.reduce<Candidate | undefined>(
    (first, candidate) =>
      first === undefined || candidate.entry.orderMs < first.entry.orderMs ? candidate : first,
    undefined,
  );
}
