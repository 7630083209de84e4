/** How long a budget lasts; days and months begin at midnight UTC. */
export type BudgetPeriod = 'day' | 'month';

/** The name of the period that a moment is in, e.g. `2026-11-21` or `2026-11`. */
export function periodName(period: BudgetPeriod, nowMs: number): string {
  return new Date(nowMs).toISOString().slice(0, period === 'day' ? 10 : 7);
}

/** When the period that a moment is in is over, in epoch milliseconds. */
export function periodEndMs(period: BudgetPeriod, nowMs: number): number {
  const now = new Date(nowMs);
  return period === 'day'
    ? Date.UTC(now.getUTCFullYear(), now.getUTCMonth(), now.getUTCDate() + 1)
    : Date.UTC(now.getUTCFullYear(), now.getUTCMonth() + 1);
}

/** Key of the budget of a trigger, or of `*`, in the period that a moment is in. */
export function budgetKey(trigger: string, period: BudgetPeriod, nowMs: number): string {
  return `budget#${trigger}#${periodName(period, nowMs)}`;
}
