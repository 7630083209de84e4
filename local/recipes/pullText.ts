import type { PullCounts } from '../../functions/ledger/pullCursor.ts';
import type { ObservedRun } from './observedRuns.ts';
import type { ObservedPull } from './recipeOutcome.ts';
import { counted } from './runsText.ts';
import { shortText, wrapped } from './shortText.ts';

/** Indent of second lines. */
const continued = '      ';
/** What the end of a line may leave empty. */
const longWord = 12;

/** What an occurrence has come to, in one line. */
export function pullText({ trigger, kind, time, ended }: ObservedPull): string {
  const pull = time === 'first' ? `${kind}, for ${trigger}` : `${kind} again`;
  if (ended === undefined) {
    return `${pull}: has not ended`;
  }
  const { status, detail, counts, startedAtMs, endedAtMs } = ended;
  const seconds = `${((endedAtMs - startedAtMs) / 1000).toFixed(1)} s`;
  const outcome = status === 'done' ? countsText(counts) : `${status}, ${detail ?? ''}`;
  return `${pull}: ${outcome} (${seconds})`;
}

function countsText({ calls, rows, items, runs, unchanged, leftOut, beyond }: PullCounts): string {
  const parts = [
    counted(items, 'item'),
    ...(unchanged === 0 ? [] : [`${unchanged} unchanged`]),
    ...(leftOut === 0 ? [] : [`${leftOut} left out by the filter`]),
    ...(beyond === 0 ? [] : [`${beyond} beyond atMost`]),
    runs === 0 ? 'no new run' : counted(runs, 'run'),
    counted(calls, 'call'),
    ...(rows === 0 ? [] : [counted(rows, 'row')]),
  ];
  return parts.join(', ');
}

/** What the runs of a pull were made for. */
export function itemLines(
  { trigger }: ObservedPull,
  runs: readonly ObservedRun[],
  width: number,
): readonly string[] {
  const events = runs.filter((run) => run.trigger === trigger).flatMap((run) => run.events);
  return events.map((event) => {
    const name = event.event ?? event.type ?? 'event';
    const room = 2 * (width - continued.length) - name.length - longWord;
    return wrapped(`${name}: ${shortText(event.properties, room)}`, width, '    ', continued);
  });
}
