import type { LastSlots } from './actionSpacing.ts';
import type { DispatchedCredits } from './dispatchedCredits.ts';
import type { Turns } from './fairTurns.ts';
import type { Lane, Probe } from './lane.ts';

/** What the dispatcher keeps between two plans, as JSON. */
export interface PlanState {
  readonly turns: Turns;
  readonly lastSlots: LastSlots;
  readonly dispatched: readonly DispatchedCredits[];
  /** The slot of the last run that was let through to find something out. */
  readonly probedAtMs: Readonly<Partial<Record<Probe, number>>>;
}

/** The state of a dispatcher that has given out no slot. */
export const noPlanState: PlanState = { turns: {}, lastSlots: {}, dispatched: [], probedAtMs: {} };

/** What a plan is made from. */
export interface PlanInput {
  /** The free slots, in ascending order. */
  readonly slots: readonly number[];
  /** Between two slots of the pace. */
  readonly intervalMs: number;
  /** One for each trigger. */
  readonly lanes: readonly Lane[];
  /** By budget. A budget that is missing here has none left. */
  readonly creditsLeft: ReadonlyMap<string, number>;
  /** What one run may cost without being refused by Mavera. */
  readonly affordableCredits: number;
  readonly state: PlanState;
  readonly nowMs: number;
}

/** A run that gets a slot. */
export interface Assignment {
  readonly runId: string;
  /** That of its parked entry. */
  readonly number: number;
  readonly trigger: string;
  readonly slotAtMs: number;
}

/** Which run gets which slot. */
export interface SlotPlan {
  /** In the order of the slots. */
  readonly assignments: readonly Assignment[];
  readonly state: PlanState;
  /** Slots that no run may use. */
  readonly unusedSlots: readonly number[];
}
