import type { PullCounts } from '../../functions/ledger/pullCursors.ts';
import type { ObservedRun } from './observedRuns.ts';
import { creditsOf, type ObservedPull, type RecipeOutcome, type RecipesOutcome } from './recipeOutcome.ts';
import { clipped, shortText, wrapped } from './shortText.ts';

/** Indents of second lines, and of answers. */
const continued = '      ';
const answered = '    → ';
/** What the end of a line may leave empty. */
const longWord = 12;

/** What a recipe has come to, for people who see it for the first time: what was pulled, asked and answered. */
export function recipeReport(outcome: RecipeOutcome, all: RecipesOutcome, width: number): string {
  const { recipe, runs } = outcome;
  const triggers = recipe.triggers.filter(({ name }) => runs.some(({ trigger }) => trigger === name));
  return [
    `${recipe.title}\n${recipe.file}, explained in docs/recipes/${recipe.name}.md`,
    ...section('What came in', [...postedLines(outcome), ...pulledLines(outcome, width)]),
    ...triggers.map(({ name }) => triggerText(name, outcome, width)),
    ...section('In all', totalLines(outcome, all)),
  ].join('\n\n');
}

function section(heading: string, lines: readonly string[]): readonly string[] {
  return lines.length === 0 ? [] : [`${heading}\n${lines.join('\n')}`];
}

function postedLines({ posted }: RecipeOutcome): readonly string[] {
  return posted.map(
    ({ file, events }) => `  ${counted(events, 'event')} of examples/${file}, posted by ${sourceOf(file)}`,
  );
}

function sourceOf(file: string): string {
  const sources = { sendgrid: 'SendGrid', segops: 'SegOps' } as const;
  const [folder = ''] = file.split('/');
  return folder in sources ? sources[folder as keyof typeof sources] : 'Segment';
}

function pulledLines({ recipe, pulls, runs }: RecipeOutcome, width: number): readonly string[] {
  return pulls.flatMap((pull) => {
    const isCatchUp = recipe.triggers.some(({ name, catchUp }) => name === pull.trigger && catchUp);
    return [
      `  ${pullText(pull)}`,
      ...(pull.time === 'first' && isCatchUp ? ['    Of the posts and the pull together:'] : []),
      ...(pull.time === 'first' ? itemLines(pull, runs, width) : []),
    ];
  });
}

function pullText({ trigger, kind, time, ended }: ObservedPull): string {
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
function itemLines(
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

/** The requests of a trigger, and what came back. */
function triggerText(name: string, { recipe, runs }: RecipeOutcome, width: number): string {
  const own = runs.filter(({ trigger }) => trigger === name);
  const after = recipe.triggers.find((trigger) => trigger.name === name)?.after?.name;
  const shown = own.filter(({ state }) => state !== 'skipped');
  const skipped = own.filter(({ state }) => state === 'skipped').map(({ reason = 'no reason' }) => reason);
  const heading = [
    after === undefined ? name : `${name}, after ${after}`,
    `: ${counted(shown.length, 'run')}, ${creditsText(creditsOf(own))}`,
    skipped.length === 0 ? '' : `; ${skipped.length} skipped (${[...new Set(skipped)].join(', ')})`,
  ];
  return [heading.join(''), ...shown.map((run) => runText(run, width))].join('\n');
}

/** The request in two lines, and the answer in one. */
function runText(run: ObservedRun, width: number): string {
  const { request, events } = run;
  const call = request === undefined ? 'no request' : `${request.method} ${request.path}`;
  const asked = `${call}${events.length > 1 ? `, for ${events.length} events` : ''}  `;
  const room = 2 * (width - continued.length) - asked.length - longWord;
  return [
    wrapped(`${asked}${shortText(request?.body, room)}`, width, '  ', continued),
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

function totalLines({ runs }: RecipeOutcome, all: RecipesOutcome): readonly string[] {
  const { credits, bootMs, runMs, parked } = all;
  const done = runs.filter(({ state }) => state === 'done');
  const requests = done.filter(({ request }) => request !== undefined).length;
  return [
    `  ${counted(done.length, 'run')} done, ${counted(requests, 'request')} to Mavera, ${creditsText(creditsOf(runs))} (Mavera counted ${credits.toLocaleString('en')})`,
    ...parked.map(
      ({ trigger }) =>
        `  the first run of ${trigger} waits until the time of its collection is over; its event is in the run that is done`,
    ),
    `  ${(runMs / 1000).toFixed(0)} s, after a boot of ${(bootMs / 1000).toFixed(0)} s`,
  ];
}

function creditsText(credits: number): string {
  return counted(credits, 'credit');
}

function counted(count: number, one: string): string {
  return `${count.toLocaleString('en')} ${count === 1 ? one : `${one}s`}`;
}
