import { allTriggers } from '../../../functions/ledger/sharedState.ts';
import { explainReason } from '../../../functions/run/reasons.ts';
import { formatTable } from '../../formatTable.ts';
import { formatBudgets } from '../budgets/formatBudgets.ts';
import { formatCredits } from '../format/credits.ts';
import { duration } from '../format/duration.ts';
import { localTime } from '../format/localTime.ts';
import { shortRunId } from '../format/shortRunId.ts';
import { summarizePulls } from '../pulls/summarizePulls.ts';
import { when } from '../runs/describeState.ts';
import { describeExecutions } from './describeExecutions.ts';
import { adviseParking, describeDispatcher, formatLanes } from './formatParking.ts';
import type {
  AccountStatus,
  BreakerStatus,
  OutcomeCount,
  PaceStatus,
  RunQueueStatus,
  Status,
} from './status.ts';

/** The state of a system, for people. */
/** @param flags options by which another command finds the same system */
export function formatStatus(status: Status, flags: string): string {
  const { deployment, atMs, parking, budgets, lastHour } = status;
  return [
    `${deployment}, ${localTime(atMs)}`,
    adviseParking(parking, flags, atMs),
    formatTable([{ heading: '' }, { heading: '' }], facts(status)),
    parking.lanes.length === 0 ? 'No run is parked.' : formatLanes(parking.lanes, atMs),
    budgets.length === 0 ? 'No budget was used in this day or month.' : formatBudgets(budgets),
    lastHour.length === 0 ? 'No run arrived in the last hour.' : formatLastHour(lastHour),
  ]
    .filter((part) => part !== undefined)
    .join('\n\n');
}

function facts(status: Status): readonly (readonly [string, string])[] {
  const { runQueue, bulkQueue, readyQueue, deadLetters, parking, oldestOpenRun } = status;
  const { pace, breaker, account, pausedSinceMs, atMs, executions } = status;
  return [
    ['intake queue', describeQueue(runQueue)],
    ...(bulkQueue === undefined ? [] : [['bulk queue', describeQueue(bulkQueue)] as const]),
    ...(readyQueue === undefined ? [] : [['ready queue', describeQueue(readyQueue)] as const]),
    ['dead letters', `${deadLetters}`],
    ...(status.pulls === undefined
      ? []
      : [['pulls', summarizePulls(status.pulls, status.pullDeadLetters ?? 0, atMs)] as const]),
    [
      'oldest open run',
      oldestOpenRun === undefined
        ? 'none of the last 4 days'
        : `${duration(atMs - oldestOpenRun.receivedAtMs)}: ${shortRunId(oldestOpenRun.runId)}, ` +
          `${oldestOpenRun.trigger}, ${oldestOpenRun.state}` +
          (oldestOpenRun.reason === undefined ? '' : ` (${oldestOpenRun.reason})`),
    ],
    ['dispatcher', describeDispatcher(parking, atMs)],
    ['pace', describePace(pace, atMs)],
    ['breaker', describeBreaker(breaker, atMs)],
    ['Mavera account', describeAccount(account, atMs)],
    ['paused', describePaused(pausedSinceMs, atMs)],
    ...(executions === undefined ? [] : [['executions', describeExecutions(executions)] as const]),
  ];
}

function describeQueue({ visible, delayed, inFlight }: RunQueueStatus): string {
  return `${visible} to be delivered, ${delayed} waiting, ${inFlight} with a runner`;
}

function describePace({ nextSlotAtMs, heldUntilMs }: PaceStatus, nowMs: number): string {
  const slot =
    nextSlotAtMs > nowMs
      ? `the next free slot is in ${duration(nextSlotAtMs - nowMs)}`
      : 'a slot is free now';
  return heldUntilMs > nowMs
    ? `${slot}; Mavera asked all callers to wait until ${when(heldUntilMs, nowMs)}`
    : slot;
}

function describeBreaker(breaker: BreakerStatus, nowMs: number): string {
  const { state, failures, openUntilMs = nowMs, reason = '', probe = '' } = breaker;
  // A word, and sometimes Mavera's own code after it.
  const [word = ''] = reason.split(' ', 1);
  const why = reason === '' ? '' : ` (${reason}: ${explainReason(word)})`;
  switch (state) {
    case 'open':
      return `open until ${when(openUntilMs, nowMs)}${why}`;
    case 'probing':
      return `open; run ${shortRunId(probe)} is testing whether Mavera works again${why}`;
    case 'due':
      return `open; the next run tests whether Mavera works again${why}`;
    default:
      return failures === 0 ? 'closed' : `closed, after ${failures} failures in a row`;
  }
}

function describeAccount(account: AccountStatus | undefined, nowMs: number): string {
  if (account === undefined) {
    return 'not read yet';
  }
  const { creditsRemaining, creditsIncluded, autoRecharge, requestsPerMinute, readAtMs } = account;
  return [
    `${formatCredits(creditsRemaining)} of ${formatCredits(creditsIncluded)} credits left`,
    autoRecharge ? 'recharges itself' : undefined,
    requestsPerMinute === undefined ? undefined : `${requestsPerMinute} requests a minute`,
    readAtMs === 0 ? 'out of date; the next run reads it again' : `read ${duration(nowMs - readAtMs)} ago`,
  ]
    .filter((part) => part !== undefined)
    .join(', ');
}

function describePaused(pausedSinceMs: Status['pausedSinceMs'], nowMs: number): string {
  const paused = Object.entries(pausedSinceMs).sort(([, a], [, b]) => a - b);
  return paused.length === 0
    ? 'nothing'
    : paused
        .map(
          ([name, sinceMs]) =>
            `${name === allTriggers ? 'all triggers' : name} since ${when(sinceMs, nowMs)}`,
        )
        .join(', ');
}

function formatLastHour(counts: readonly OutcomeCount[]): string {
  const columns = [
    { heading: 'last hour' },
    { heading: 'state' },
    { heading: 'reason' },
    { heading: 'runs', align: 'right' },
    { heading: 'credits', align: 'right' },
  ] as const;
  const rows = counts.map(({ trigger, state, reason = '', runs, creditsUsed }) => [
    trigger,
    state,
    reason,
    runs.toLocaleString('en'),
    creditsUsed === 0 ? '' : formatCredits(creditsUsed),
  ]);
  return formatTable(columns, rows);
}
