import { readElement } from '../../cli/triggers/dryRun/readElement.ts';
import { reasons } from '../../functions/run/reasons.ts';
import { type SourceName, sourceNames } from '../../functions/sources/source.ts';
import {
  type CompiledTrigger,
  compileTriggers,
  matchTriggers,
} from '../../functions/triggers/matchTriggers.ts';
import { sourceOf } from '../../functions/triggers/sourcesOf.ts';
import type { Trigger } from '../../functions/triggers/trigger.ts';
import type { ObservedRun } from '../recipes/observedRuns.ts';
import { pullText } from '../recipes/pullText.ts';
import { creditsOf } from '../recipes/recipeOutcome.ts';
import { counted, creditsText, triggerText } from '../recipes/runsText.ts';
import { describeParked } from '../system/parkedRuns.ts';
import { elementsOf } from './appRequests.ts';
import type { AppOutcome } from './runApp.ts';

const titles = { segment: 'Segment', sendgrid: 'SendGrid', segops: 'SegOps' } as const;

/** What an app has come to, for people who see it for the first time: what came in, what Mavera was asked, what it answered. */
export function appReport(outcome: AppOutcome, width: number): string {
  const { triggers, runs, pulls } = outcome;
  return [
    `What came in\n${[...eventLines(outcome), ...pulls.map((pull) => `  pulled  ${pullText(pull)}`)].join('\n')}`,
    ...triggers.map((trigger) =>
      runs.some((run) => run.trigger === trigger.name)
        ? triggerText(trigger, runs, width, startOf)
        : `${trigger.name}: no run. ${whyNone(trigger, outcome)}`,
    ),
    `In all\n${totalLines(outcome).join('\n')}`,
    verdict(outcome),
  ].join('\n\n');
}

/** The event that has started a run; for a run of several events it is not told. */
function startOf({ events }: ObservedRun): string | undefined {
  const [event, ...others] = events;
  if (event === undefined || others.length > 0) {
    return undefined;
  }
  const whose = event.userId ?? event.anonymousId;
  const id = event.messageId;
  return [
    `for ${nameOf(event)}`,
    ...(typeof whose === 'string' ? [`of ${whose}`] : []),
    // That of a pulled event is a hash.
    ...(typeof id === 'string' && !id.startsWith('pull-') ? [`(${id})`] : []),
  ].join(' ');
}

/** Events of one file, name and outcome in one line, with their number. */
function eventLines({ sent, unsent, triggers }: AppOutcome): readonly string[] {
  const compiled = new Map(sourceNames.map((source) => [source, compileTriggers(triggers, source)]));
  const lines: string[] = [];
  for (const { file, source, payload, variant } of sent) {
    for (const element of elementsOf(payload)) {
      lines.push(
        variant === 'genuine'
          ? `${file}  ${outcomeOf(source, element, compiled.get(source) ?? [])}`
          : extraLines[variant](titles[source]),
      );
    }
  }
  for (const { file, source } of unsent.filter(({ variant }) => variant === 'genuine')) {
    lines.push(`${file}  not sent: no trigger has the source ${source}`);
  }
  const counts = Map.groupBy(lines, (line) => line);
  return [...counts].map(([line, { length }]) => `${String(length).padStart(6)}  ${line}`);
}

const extraLines = {
  again: (title: string) => `sent again, as ${title} does when it got no answer: no second run`,
  forged: (title: string) => `with a signature that is not of ${title}: refused`,
} as const;

function outcomeOf(source: SourceName, element: unknown, triggers: readonly CompiledTrigger[]): string {
  const read = readElement(source, element, 'user_id');
  if (!read.ok) {
    return `not an event of ${titles[source]}: ${read.problem}`;
  }
  const matched = matchTriggers(triggers, 'default', read.filtered).map(({ name }) => name);
  return `${nameOf({ ...read.event })} ${matched.length === 0 ? '(no trigger wants it)' : `→ ${matched.join(', ')}`}`;
}

function nameOf({ type, event, name }: { readonly [member: string]: unknown }): string {
  return String(event ?? name ?? type);
}

/** Why a trigger has no run. */
function whyNone(trigger: Trigger, { pulls, sent, parked }: AppOutcome): string {
  const { name, after, from, route, when } = trigger;
  const waiting = parked.filter((one) => one.trigger === name);
  if (waiting.length > 0) {
    return `Parked: ${describeParked(waiting)}.`;
  }
  if (after !== undefined) {
    return `It follows ${after.name}, which has no run that is done.`;
  }
  if (from !== undefined) {
    const pull = pulls.find((one) => one.trigger === name);
    return pull?.ended === undefined
      ? 'Its pull has not ended.'
      : 'Its pull has found nothing that it wants in the data of the stand-ins.';
  }
  const source = sourceOf(trigger);
  if (!sent.some((request) => request.source === source)) {
    return `events/ has no event of ${titles[source]}.`;
  }
  const reads = route === undefined ? '' : ` on the route ${[route].flat().join(', ')}`;
  return `No event in events/ is one that it wants${reads}: ${when}`;
}

function totalLines({ runs, credits, parked, runMs, bootMs }: AppOutcome): readonly string[] {
  const done = runs.filter(({ state }) => state === 'done');
  const requests = done.filter(({ request }) => request !== undefined).length;
  const skipped = new Set(runs.filter(({ state }) => state === 'skipped').map(({ reason }) => reason));
  return [
    `  ${counted(done.length, 'run')} done, ${counted(requests, 'request')} to Mavera, ${creditsText(creditsOf(runs))} (Mavera counted ${credits.toLocaleString('en')})`,
    ...[...skipped].flatMap((reason) =>
      reason !== undefined && reason in reasons
        ? [`  ${reason}: ${reasons[reason as keyof typeof reasons]}`]
        : [],
    ),
    ...(parked.length === 0 ? [] : [`  parked: ${describeParked(parked)}`]),
    `  ${(runMs / 1000).toFixed(0)} s, after a boot of ${(bootMs / 1000).toFixed(0)} s`,
  ];
}

function verdict({ differences, parked }: AppOutcome): string {
  const except = parked.length === 0 ? '' : ', except those that are parked';
  return differences.length === 0
    ? `As expected: every event was accounted for, and each run was done once${except}.`
    : `Not as expected:\n${differences.map((difference) => `  ${difference}`).join('\n')}`;
}
