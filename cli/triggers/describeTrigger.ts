import { type Access, accessOf, agentsOf, declaredAccess } from '../../functions/access/grants.ts';
import type { AnyLookup } from '../../functions/lookups/anyLookup.ts';
import { performerOf } from '../../functions/mavera/actions/actionPerformers.ts';
import { pullSchedule } from '../../functions/pulls/pullSchedule.ts';
import { sourceOf } from '../../functions/triggers/sourcesOf.ts';
import type { CatchUp, Trigger } from '../../functions/triggers/trigger.ts';
import { describeSchedule } from '../schedule/describeSchedule.ts';

/** What a trigger does, a line each: what starts it, what it looks up, and what it needs of which system. */
export function describeTrigger(trigger: Trigger): readonly string[] {
  const { run, when, after, cancelledBy, catchUp, approve, only } = trigger;
  const credits = run.estimatedCredits ?? performerOf(run)?.estimatedCredits;
  return [
    `${run.kind}, about ${credits} credits a run, ${originOf(trigger)}`,
    ...(when === undefined ? [] : [`when ${when}`]),
    ...(catchUp === undefined ? [] : [`catches up with ${pulled(trigger.name, catchUp)}`]),
    ...(after === undefined ? [] : [`after ${after.name}: ${chainOf(trigger).join(' -> ')}`]),
    ...lookupsOf(trigger),
    ...(only === undefined ? [] : ['a run is made only if the function `only` returns true']),
    ...collectedOf(trigger),
    ...(cancelledBy === undefined ? [] : [`cancelled by ${cancelledBy.when}`]),
    ...(approve === undefined
      ? []
      : [`a run above ${approve.above} credits waits until an operator approves it`]),
    ...reportsOf(trigger),
    `needs ${needsOf(declaredAccess(trigger))}`,
    ...agentsOf(trigger)
      .slice(1)
      .map((pull) => `its pull needs ${needsOf(accessOf(pull)) || 'no access'}`),
  ];
}

/** The names of the triggers that lead to a trigger, the first one first, up to the trigger itself. */
export function chainOf({ name, after }: Trigger): readonly string[] {
  return after === undefined ? [name] : [...chainOf(after), name];
}

function originOf(trigger: Trigger): string {
  const source = `source ${sourceOf(trigger)}`;
  if (trigger.after !== undefined) {
    return `${source} by ${chainOf(trigger)[0]}`;
  }
  if (trigger.from !== undefined && trigger.every !== undefined) {
    return `pulls ${pulled(trigger.name, { from: trigger.from, every: trigger.every })}`;
  }
  const { route } = trigger;
  return `${source}, ${route === undefined ? 'every open route' : `route ${[route].flat().join(', ')}`}`;
}

/** @example 'segmentAudiences each Tuesday at 03:17 (UTC)' */
function pulled(name: string, { from, every }: CatchUp): string {
  return `${from.kind} ${describeSchedule(pullSchedule(name, every).text)}`;
}

function lookupsOf(trigger: Trigger): readonly string[] {
  const lookups = Object.entries(trigger.with ?? {}) as readonly (readonly [string, AnyLookup])[];
  return lookups.length === 0
    ? []
    : [`looks up ${lookups.map(([name, lookup]) => `${name} (${describeLookup(lookup)})`).join(', ')}`];
}

function describeLookup(lookup: AnyLookup): string {
  if (lookup.kind !== 'segmentProfile') {
    return lookup.kind;
  }
  const { traits = [], externalIds, events } = lookup;
  const parts = [
    ...(traits.length === 0 ? [] : [`traits ${traits.join(', ')}`]),
    ...(externalIds === true ? ['external ids'] : []),
    ...(events === true ? ['events'] : []),
  ];
  return `${lookup.kind}: ${parts.join('; ')}`;
}

function reportsOf({ toSegment, toSegOps }: Trigger): readonly string[] {
  const systems = [
    ...(toSegment === undefined ? [] : ['Segment']),
    ...(toSegOps === undefined ? [] : ['SegOps']),
  ];
  return systems.length === 0 ? [] : [`its result is reported to ${systems.join(' and ')}`];
}

function collectedOf({ collect }: Trigger): readonly string[] {
  if (collect === undefined) {
    return [];
  }
  const { count, within, tally, per } = collect;
  const what = tally === undefined ? 'collects events' : 'counts events and keeps none';
  const key = per === undefined ? '' : ' of a key';
  return [`${what}${key}, for one run after ${within}${count === undefined ? '' : ` or ${count} events`}`];
}

/** Such as `mavera: mave (write), usage (read); segmentProfiles: profiles (read)`. */
function needsOf(access: Access): string {
  const needs = Object.entries(access).map(([name, level]) => {
    const [system = '', resource = ''] = name.split('.');
    return { system, text: `${resource} (${level})` };
  });
  return [...Map.groupBy(needs, ({ system }) => system)]
    .map(([system, ofSystem]) => `${system}: ${ofSystem.map(({ text }) => text).join(', ')}`)
    .join('; ');
}
