import type { BudgetLimit } from '../ledger/budgets.ts';

/** Credits of runs that have got a slot and may not have reserved them yet. */
export interface DispatchedCredits {
  /** Key of the budget. */
  readonly budget: string;
  readonly credits: number;
  /** After this moment, all of these runs have reserved their credits, have ended or are parked again. */
  readonly untilMs: number;
}

/** How long after its slot a run may take to reserve its credits. */
const reservesWithinMs = 15_000;
/** Runs whose slots are this close together are counted as one, so that the kept state stays small. */
const togetherMs = 5_000;

/** Adds the credits of a run that has got a slot. */
export function withDispatched(
  dispatched: readonly DispatchedCredits[],
  {
    budget,
    credits,
    slotAtMs,
  }: { readonly budget: string; readonly credits: number; readonly slotAtMs: number },
): readonly DispatchedCredits[] {
  const untilMs = Math.ceil((slotAtMs + reservesWithinMs) / togetherMs) * togetherMs;
  const isSame = (one: DispatchedCredits): boolean => one.budget === budget && one.untilMs === untilMs;
  const before = dispatched.find(isSame)?.credits ?? 0;
  return [...dispatched.filter((one) => !isSame(one)), { budget, credits: before + credits, untilMs }];
}

/** Those that may still not be reserved. */
export function stillDispatched(
  dispatched: readonly DispatchedCredits[],
  nowMs: number,
): readonly DispatchedCredits[] {
  return dispatched.filter(({ untilMs }) => untilMs > nowMs);
}

/**
 * The credits that may still be dispatched from each budget: its limit, without what is committed in the ledger and what
 * was dispatched before. Some credits are counted twice for a few seconds. The transaction of each run decides in the end.
 *
 * @param committed spent or reserved, by budget
 */
export function creditsLeft(
  budgets: readonly Pick<BudgetLimit, 'key' | 'credits'>[],
  committed: ReadonlyMap<string, number>,
  dispatched: readonly DispatchedCredits[],
  nowMs: number,
): ReadonlyMap<string, number> {
  const open = stillDispatched(dispatched, nowMs);
  return new Map(
    budgets.map(({ key, credits }) => {
      const ofBudget = open.filter(({ budget }) => budget === key);
      const dispatchedCredits = ofBudget.reduce((sum, one) => sum + one.credits, 0);
      return [key, Math.max(0, credits - (committed.get(key) ?? 0) - dispatchedCredits)];
    }),
  );
}
