import type { AnyLookup } from '../../functions/lookups/anyLookup.ts';
import type { SourceName } from '../../functions/sources/source.ts';
import { sourceOf } from '../../functions/triggers/sourcesOf.ts';
import type { Trigger } from '../../functions/triggers/trigger.ts';
import type { SentRequest } from './expectation.ts';
import type { Observation } from './observation.ts';

const titles = { sendgrid: 'SendGrid', segops: 'SegOps' } as const;

const whatIsLookedUp: Readonly<Record<AnyLookup['kind'], string>> = {
  segmentProfile: "the customer's profile in Segment",
  segopsMembership: "the customer's segments in SegOps",
  segopsMembers: "the segment's members in SegOps",
  maveraWorkspace: 'the workspace in Mavera',
};

/** Sentences on what the table does not tell: events of other sources, what was looked up, and what followed what. */
export function notes(
  observed: Observation,
  triggers: readonly Trigger[],
  sent: readonly SentRequest[],
): readonly string[] {
  return [
    ...(['sendgrid', 'segops'] as const).flatMap((source) => noteOfSource(source, observed, triggers, sent)),
    ...triggers.flatMap((trigger) => noteOfLookups(trigger, observed)),
    ...triggers.flatMap((trigger) => noteOfChain(trigger, observed)),
  ];
}

function noteOfSource(
  source: Exclude<SourceName, 'segment'>,
  observed: Observation,
  triggers: readonly Trigger[],
  sent: readonly SentRequest[],
): readonly string[] {
  const ofSource = sent.filter((request) => request.source === source && request.isGenuine);
  if (ofSource.length === 0) {
    return [];
  }
  const started = triggers
    .filter((trigger) => trigger.after === undefined && sourceOf(trigger) === source)
    .map(({ name }) => `${name} ran ${times(observed.of(name).runIds.size)}`);
  const events = ofSource.reduce((sum, { elements }) => sum + elements.length, 0);
  const posts = `${titles[source]} posted ${counted(events, 'event')} in ${counted(ofSource.length, 'request')}`;
  return [`${posts}: ${started.length === 0 ? 'no trigger wants them' : started.join(', ')}.`];
}

function noteOfLookups(
  { name, only, with: lookups = {} }: Trigger,
  observed: Observation,
): readonly string[] {
  const all = Object.values(lookups) as readonly AnyLookup[];
  if (all.length === 0) {
    return [];
  }
  const what = all.map(({ kind }) => whatIsLookedUp[kind]).join(' and ');
  const { runIds, skipped } = observed.of(name);
  const outcome =
    only === undefined
      ? ''
      : `: ${counted(runIds.size - skipped, 'run was', 'runs were')} wanted, ${skipped} skipped (not_wanted)`;
  return [`${name} looked up ${what}${outcome}.`];
}

function noteOfChain({ name, after }: Trigger, observed: Observation): readonly string[] {
  if (after === undefined) {
    return [];
  }
  return [
    `${name} follows ${after.name}: it ran ${times(observed.of(name).runIds.size)}, with the result of that run.`,
  ];
}

function times(count: number): string {
  return count === 1 ? 'once' : count === 2 ? 'twice' : `${count} times`;
}

function counted(count: number, one: string, several = `${one}s`): string {
  return `${count.toLocaleString('en')} ${count === 1 ? one : several}`;
}
