import type { AnyLookup } from '../../functions/lookups/anyLookup.ts';
import type { SegmentEvent } from '../../functions/sources/segment/event.ts';
import type { Trigger } from '../../functions/triggers/trigger.ts';
import type { Profile } from '../../simulators/segment/profiles/profile.ts';

/**
 * Whether a run is wanted (`only`), by what a lookup of traits finds in the simulated space. Computed from the people there,
 * without the code of the lookups.
 *
 * @returns `true` also for a trigger of which {@link canTellWanted} says that it is not known here
 */
export function isWanted(trigger: Trigger, event: SegmentEvent, profiles: readonly Profile[]): boolean {
  const { name, only } = trigger;
  if (only === undefined || !canTellWanted(trigger)) {
    return true;
  }
  const profile = profileOf(event, profiles);
  const found = lookupsOf(trigger).map(([key, lookup]) => [key, traitsOf(lookup, profile)] as const);
  return only({ event, events: [event], trigger: name, ...Object.fromEntries(found) });
}

/** Whether {@link isWanted} knows all that `only` is given: traits, of a trigger that follows no other. */
export function canTellWanted(trigger: Trigger): boolean {
  const { only, after, collect } = trigger;
  const isSimple = after === undefined && collect === undefined;
  return only === undefined || (isSimple && lookupsOf(trigger).every(([, lookup]) => isOfTraits(lookup)));
}

function lookupsOf({ with: lookups = {} }: Trigger): readonly (readonly [string, AnyLookup])[] {
  return Object.entries(lookups) as readonly (readonly [string, AnyLookup])[];
}

function isOfTraits(lookup: AnyLookup): boolean {
  return lookup.kind === 'segmentProfile' && lookup.externalIds !== true && lookup.events !== true;
}

function profileOf({ userId, anonymousId }: SegmentEvent, profiles: readonly Profile[]): Profile | undefined {
  const [type, id] = userId === undefined ? ['anonymous_id', anonymousId] : ['user_id', userId];
  return profiles.find(({ ids }) => ids.some((one) => one.type === type && one.id === id?.toLowerCase()));
}

function traitsOf(lookup: AnyLookup, profile: Profile | undefined): object | undefined {
  if (profile === undefined || lookup.kind !== 'segmentProfile') {
    return undefined;
  }
  const wanted = Object.entries(profile.traits).filter(([name]) => lookup.traits?.includes(name) === true);
  return { traits: Object.fromEntries(wanted.map(([name, { value }]) => [name, value])) };
}
