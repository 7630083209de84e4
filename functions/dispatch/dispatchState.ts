import * as z from 'zod/mini';
import type { MeanDurations } from './meanDurations.ts';
import type { PlanState } from './slotPlan.ts';

/** What one pass of the dispatcher keeps for the next, as JSON. Times are epoch milliseconds. */
export interface DispatchState {
  readonly plan: PlanState;
  readonly durations: MeanDurations;
  /** How many runs each lane had when it was counted, without those that were sent since; by lane. */
  readonly counts: Readonly<Record<string, { readonly count: number; readonly countedAtMs: number }>>;
  /** The next slots that runs of each lane have, by lane. */
  readonly nextSlots: Readonly<Record<string, number>>;
  /** When the message comes that wakes the dispatcher; 0 if none is on its way. */
  readonly wakesAtMs: number;
}

const numbers = z.record(z.string(), z.number());

const planSchema = z.object({
  turns: numbers,
  lastSlots: z.record(z.string(), z.object({ slotAtMs: z.number(), carriedMs: z.number() })),
  dispatched: z.array(z.object({ budget: z.string(), credits: z.number(), untilMs: z.number() })),
  probedAtMs: numbers,
});

const durationsSchema = z.record(
  z.string(),
  z.object({ calls: z.number(), totalMs: z.number(), meanMs: z.number() }),
);
const countsSchema = z.record(z.string(), z.object({ count: z.number(), countedAtMs: z.number() }));

const stateSchema = z.object({
  plan: z.catch(planSchema, () => ({ turns: {}, lastSlots: {}, dispatched: [], probedAtMs: {} })),
  durations: z.catch(durationsSchema, {}),
  counts: z.catch(countsSchema, {}),
  nextSlots: z.catch(numbers, {}),
  wakesAtMs: z.catch(z.number(), 0),
});

/** Reads what the last pass has kept. What another release has written in another shape counts as never kept. */
export function readDispatchState(kept: unknown): DispatchState {
  return stateSchema.parse(typeof kept === 'object' && kept !== null ? kept : {});
}
