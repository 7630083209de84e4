import { sum } from '../../statistics.ts';
import { keyOf, type LedgerItem } from './scanLedger.ts';

/** The longest time that a concurrency cap counts a call whose runner is gone. */
const longestPlaceMs = 15 * 60_000;

/**
 * What is wrong in a ledger whose runs have all ended; empty if all is right. No run may wait or keep credits reserved. The
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
): readonly string[] {
  const runs = items.filter((item) => keyOf(item).startsWith('run#'));
  return [
    ...runs.flatMap((run) => runProblems(run, published)),
    ...items
      .filter((item) => keyOf(item).startsWith('budget#'))
      .flatMap((budget) => budgetProblems(budget, runs)),
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

function budgetProblems(budget: LedgerItem, runs: readonly LedgerItem[]): readonly string[] {
  const [, trigger = ''] = keyOf(budget).split('#');
  const spent = sum(
    runs.filter((run) => run.trigger?.S === trigger).map((run) => Number(run.creditsUsed?.N ?? 0)),
  );
  return (['committedCredits', 'spentCredits'] as const).flatMap((member) => {
    const found = Number(budget[member]?.N ?? 0);
    return found === spent ? [] : [`${keyOf(budget)} has ${member} ${found}, its runs have used ${spent}`];
  });
}

function capProblems(cap: LedgerItem, nowMs: number): readonly string[] {
  return Object.entries(cap.holders?.M ?? {})
    .filter(([, lease]) => Number(lease.N) > nowMs + longestPlaceMs)
    .map(([holder]) => `${keyOf(cap)} counts the call of ${holder} too long`);
}
