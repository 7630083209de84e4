import { sum } from '../../statistics.ts';
import { keyOf, type LedgerItem } from './scanLedger.ts';

/** By trigger: how many calls failed in a way that Mavera may have billed, and the estimate of one such call. */
export type MaybeBilled = ReadonlyMap<string, { readonly calls: number; readonly estimatedCredits: number }>;

/** The longest time that a concurrency cap counts a call whose runner is gone. */
const longestPlaceMs = 15 * 60_000;

/**
 * What is wrong in a ledger whose runs have all ended; empty if all is right. No run may wait, be parked or keep credits reserved. The
 * budgets must have committed what the runs have spent. No concurrency cap may count a call for ever. Every end must be
 * published.
 *
 * @param items the whole table
 * @param published ids of the runs whose ends were published
 */
export function judgeLedger(
  items: readonly LedgerItem[],
  published: ReadonlySet<string>,
  nowMs: number,
  maybeBilled: MaybeBilled = new Map(),
): readonly string[] {
  const runs = items.filter((item) => keyOf(item).startsWith('run#'));
  return [
    ...runs.flatMap((run) => runProblems(run, published)),
    ...items.flatMap((item) => (keyOf(item).startsWith('parked#') ? [`${keyOf(item)} is still parked`] : [])),
    ...items
      .filter((item) => keyOf(item).startsWith('budget#'))
      .flatMap((budget) => budgetProblems(budget, runs, maybeBilled)),
    ...items.filter((item) => keyOf(item).startsWith('cap#')).flatMap((cap) => capProblems(cap, nowMs)),
  ];
}

function runProblems(run: LedgerItem, published: ReadonlySet<string>): readonly string[] {
  const key = keyOf(run);
  const state = run.state?.S ?? '';
  return [
    ...(['done', 'skipped', 'failed'].includes(state) ? [] : [`${key} is ${state}`]),
    ...(run.creditsReserved === undefined ? [] : [`${key} has ${run.creditsReserved.N} credits reserved`]),
    ...(published.has(key.slice('run#'.length)) ? [] : [`the end of ${key} was not published`]),
  ];
}

/**
 * A call that failed may have been billed: then its estimate stays in the budget, and the next call reserves again. A
 * process may die before it notes that.
 */
function budgetProblems(
  budget: LedgerItem,
  runs: readonly LedgerItem[],
  maybeBilled: MaybeBilled,
): readonly string[] {
  const key = keyOf(budget);
  const [, trigger = ''] = key.split('#');
  const used = runs.filter((run) => run.trigger?.S === trigger).map((run) => Number(run.creditsUsed?.N ?? 0));
  const { calls, estimatedCredits } = maybeBilled.get(trigger) ?? { calls: 0, estimatedCredits: 1 };
  const most = sum(used) + calls * estimatedCredits;
  const [committed, spent] = [Number(budget.committedCredits?.N ?? 0), Number(budget.spentCredits?.N ?? 0)];
  const extra = spent - sum(used);
  const isExplained = extra >= 0 && spent <= most && extra % estimatedCredits === 0;
  return [
    ...(committed === spent ? [] : [`${key} has committedCredits ${committed}, but spentCredits ${spent}`]),
    ...(isExplained
      ? []
      : [
          `${key} has spentCredits ${spent}, its runs have used ${sum(used)}, and at most ${most} may be billed`,
        ]),
  ];
}

function capProblems(cap: LedgerItem, nowMs: number): readonly string[] {
  return Object.entries(cap.holders?.M ?? {})
    .filter(([, lease]) => Number(lease.N) > nowMs + longestPlaceMs)
    .map(([holder]) => `${keyOf(cap)} counts the call of ${holder} too long`);
}
