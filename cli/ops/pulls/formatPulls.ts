import type { PullCounts } from '../../../functions/ledger/pullCursor.ts';
import { formatTable } from '../../formatTable.ts';
import { describeSchedule } from '../../schedule/describeSchedule.ts';
import { cut } from '../format/cut.ts';
import { duration } from '../format/duration.ts';
import { when } from '../runs/describeState.ts';
import { describeCounts, describeEnd, describePull, describeWait } from './describePull.ts';
import type { PullStatus } from './readPulls.ts';

const columns = ['pull', 'schedule', 'state', 'what it came to', ''].map((heading) => ({ heading }));
const widestDetail = 70;

/** Pulls as a table. */
export function formatPulls(pulls: readonly PullStatus[], nowMs: number): string {
  return formatTable(
    columns,
    pulls.map((pull) => [pull.trigger, scheduleOf(pull), ...cells(pull, nowMs)]),
  );
}

function cells({ state, atWork, last }: PullStatus, nowMs: number): readonly string[] {
  if (atWork !== undefined) {
    const name = state === 'overdue' ? 'OVERDUE' : 'at work';
    const since = `${name} for ${duration(nowMs - atWork.startedAtMs)}`;
    return [since, describeCounts(atWork.counts), cut(describeWait(atWork, nowMs), widestDetail)];
  }
  if (last === undefined) {
    return ['never started', '', ''];
  }
  const { status, endedAtMs, counts, detail = '' } = last;
  const name = status === 'failed' ? 'FAILED' : status;
  return [`${name} ${duration(nowMs - endedAtMs)} ago`, describeCounts(counts), cut(detail, widestDetail)];
}

function scheduleOf({ schedule }: PullStatus): string {
  return schedule === undefined ? 'none: its trigger was removed' : describeSchedule(schedule);
}

const countNames: Readonly<Record<keyof PullCounts, string>> = {
  steps: 'steps',
  calls: 'calls',
  rows: 'rows of files',
  items: 'items',
  runs: 'runs queued',
  credits: 'expected credits',
  unchanged: 'unchanged',
  leftOut: 'left out by the filter or the sample',
  beyond: 'beyond atMost',
  unusable: 'that cannot be used',
};

/** A pull for people, from its state down to its counts. */
export function formatPull(pull: PullStatus, nowMs: number): string {
  return [
    `pull ${pull.trigger}\n${describePull(pull, nowMs)}`,
    formatFacts(pull, nowMs),
    formatCounts(pull),
    pull.atWork === undefined || pull.last === undefined
      ? undefined
      : `The occurrence before, ${pull.last.occurrence}:\n${describeEnd(pull.last, nowMs)}`,
  ]
    .filter((part) => part !== undefined)
    .join('\n\n');
}

function formatFacts(pull: PullStatus, nowMs: number): string {
  const { atWork, last } = pull;
  const occurrence = atWork ?? last;
  const facts: readonly (readonly [string, string | undefined])[] = [
    ['schedule', scheduleOf(pull)],
    ['occurrence', occurrence?.occurrence],
    ['started', occurrence === undefined ? undefined : when(occurrence.startedAtMs, nowMs)],
    ['step', atWork === undefined ? undefined : `${atWork.step}`],
    ['must end by', atWork === undefined ? undefined : when(atWork.endsAtMs, nowMs)],
    ['ended', atWork === undefined && last !== undefined ? when(last.endedAtMs, nowMs) : undefined],
  ];
  return formatTable(
    [{ heading: '' }, { heading: '' }],
    facts.flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])),
  );
}

/** The counts of the occurrence at work beside those of the last one. */
function formatCounts({ atWork, last }: PullStatus): string | undefined {
  const shown = [
    ...(atWork === undefined ? [] : [{ heading: 'so far', counts: atWork.counts }]),
    ...(last === undefined
      ? []
      : [{ heading: atWork === undefined ? 'in all' : 'before', counts: last.counts }]),
  ];
  if (shown.length === 0) {
    return undefined;
  }
  const names = Object.keys(countNames) as (keyof PullCounts)[];
  return formatTable(
    [{ heading: '' }, ...shown.map(({ heading }) => ({ heading, align: 'right' as const }))],
    names.map((name) => [
      countNames[name],
      ...shown.map(({ counts }) => (counts[name] ?? 0).toLocaleString('en')),
    ]),
  );
}
