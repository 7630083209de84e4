import type { Trigger } from '../../functions/triggers/trigger.ts';
import type { ObservedRun } from './observedRuns.ts';
import { creditsOf } from './recipeOutcome.ts';
import { clipped, shortText, wrapped } from './shortText.ts';

/** Indents of second lines, and of answers. */
const continued = '      ';
const answered = '    → ';
/** What the end of a line may leave empty. */
const longWord = 12;

/**
 * The requests of a trigger, and what came back.
 *
 * @param startOf what a run was started by, to be shown above its request; nothing is shown without it
 */
export function triggerText(
  { name, after }: Trigger,
  runs: readonly ObservedRun[],
  width: number,
  startOf: (run: ObservedRun) => string | undefined = () => undefined,
): string {
  const own = runs.filter(({ trigger }) => trigger === name);
  const shown = own.filter(({ state }) => state !== 'skipped');
  const skipped = own.filter(({ state }) => state === 'skipped').map(({ reason = 'no reason' }) => reason);
  const heading = [
    after === undefined ? name : `${name}, after ${after.name}`,
    `: ${counted(shown.length, 'run')}, ${creditsText(creditsOf(own))}`,
    skipped.length === 0 ? '' : `; ${skipped.length} skipped (${[...new Set(skipped)].join(', ')})`,
  ];
  return [heading.join(''), ...shown.map((run) => runText(run, width, startOf(run)))].join('\n');
}

/** The request in two lines, and the answer in one. */
function runText(run: ObservedRun, width: number, start: string | undefined): string {
  const { request, events } = run;
  const call = request === undefined ? 'no request' : `${request.method} ${request.path}`;
  const asked = `${call}${events.length > 1 ? `, for ${events.length} events` : ''}  `;
  const room = 2 * (width - continued.length) - asked.length - longWord;
  return [
    ...(start === undefined ? [] : [clipped(`  ${start}`, width)]),
    wrapped(
      `${asked}${shortText(request?.body, room)}`,
      width,
      start === undefined ? '  ' : '    ',
      continued,
    ),
    clipped(`${answered}${answerText(run, width)}`, width),
  ].join('\n');
}

function answerText({ state, reason, detail, result, creditsUsed }: ObservedRun, width: number): string {
  return state === 'done'
    ? `${creditsText(creditsUsed)}  ${shortText(answerOf(result), width)}`
    : `${state}: ${[reason, detail].filter((part) => part !== undefined).join(', ')}`;
}

/** What people want to read of a result: the text of an answer, or all of it. */
function answerOf(result: unknown): unknown {
  if (typeof result !== 'object' || result === null) {
    return result;
  }
  if ('content' in result && typeof result.content === 'string') {
    return result.content;
  }
  if ('focusGroup' in result && typeof result.focusGroup === 'object' && result.focusGroup !== null) {
    return 'results' in result.focusGroup ? result.focusGroup.results : result.focusGroup;
  }
  return result;
}

/** @example '1,200 credits' */
export function creditsText(credits: number): string {
  return counted(credits, 'credit');
}

/** @example '1 run' */
export function counted(count: number, one: string): string {
  return `${count.toLocaleString('en')} ${count === 1 ? one : `${one}s`}`;
}
