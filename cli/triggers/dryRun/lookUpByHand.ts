import { declarationsOf } from '../../../functions/access/grants.ts';
import { operations } from '../../../functions/access/operations.ts';
import type { AnyLookup } from '../../../functions/lookups/anyLookup.ts';
import { lookupCalls } from '../../../functions/lookups/lookupCalls.ts';
import type { SegmentEvent } from '../../../functions/sources/segment/event.ts';
import type { Trigger } from '../../../functions/triggers/trigger.ts';
import type { LookupCallShown, UnknownLookup } from './finding.ts';
import type { GivenValues } from './givenValues.ts';

/** What a trigger's functions are given of its lookups, and the lookups whose values are not known. */
export interface LookedUpByHand {
  readonly values: Readonly<Record<string, unknown>>;
  readonly unknown: readonly UnknownLookup[];
}

/** A deployment has its own space: a dry run shows no id in the path. */
const profileSpace = 'space';

/**
 * Takes the values of a trigger's lookups from those given. A lookup that makes no call for the event needs none: its value is
 * `undefined`.
 *
 * @throws what functions of the trigger throw
 */
export function lookUpByHand(trigger: Trigger, event: SegmentEvent, given: GivenValues): LookedUpByHand {
  const lookups = Object.entries(trigger.with ?? {}) as readonly (readonly [string, AnyLookup])[];
  const values: Record<string, unknown> = {};
  const unknown: UnknownLookup[] = [];
  for (const [name, lookup] of lookups) {
    const value = given.lookup(trigger.name, name);
    const asksNothing = lookupCalls(lookup, event, { profileSpace }).length === 0;
    if (asksNothing) {
      values[name] = undefined;
    } else if (value !== undefined) {
      values[name] = structuredClone(value[0]);
    } else {
      unknown.push({ name, kind: lookup.kind, calls: callsOf(trigger, name) });
    }
  }
  return { values, unknown };
}

function callsOf(trigger: Trigger, lookup: string): readonly LookupCallShown[] {
  const names = declarationsOf(trigger)
    .filter(({ by }) => by === `the lookup ${lookup}`)
    .flatMap(({ operations: declared }) => declared);
  return names.map((name) => {
    const { system, method, path } = operations[name];
    return { system, method, path };
  });
}
