import { quantilesFrom } from '../groups/clusterBy.ts';
import { addValue, type FieldSketch, startSketch } from '../groups/fieldSketch.ts';
import { addPerson, type GroupBy, groupItem, groupsOf } from '../groups/groupPeople.ts';
import type { ProfilesState, ProfilesStep } from './profileState.ts';
import type { GroupedProfilesOptions } from './profilesOptions.ts';
import { fieldOf, fieldsOf, type Profile } from './readProfile.ts';

type Options = GroupedProfilesOptions<string>;

/** Adds profiles to what is known of all: their values while quantiles are looked for, then to their groups. */
export function addProfiles(
  state: ProfilesState,
  options: Options,
  profiles: readonly Profile[],
): ProfilesState {
  const { groupBy } = options;
  const { pass, sketches = {}, quantiles } = state;
  if (pass === 'quantiles') {
    return { ...state, sketches: withValues(sketches, profiles, groupBy) };
  }
  // Adding changes in place, and a step changes nothing that it is given.
  const people = structuredClone(state.people);
  for (const profile of profiles) {
    addPerson(people, (field) => fieldOf(profile, field), groupBy, fieldsOf(options), quantiles);
  }
  return { ...state, people };
}

function withValues(
  sketches: Readonly<Record<string, FieldSketch>>,
  profiles: readonly Profile[],
  groupBy: GroupBy,
): Readonly<Record<string, FieldSketch>> {
  const fields = typeof groupBy === 'string' ? [] : groupBy.quantiles.map(({ field }) => field);
  return Object.fromEntries(
    [...new Set(fields)].map((field) => {
      const sketch = structuredClone(sketches[field] ?? startSketch());
      for (const profile of profiles) {
        addValue(sketch, fieldOf(profile, field));
      }
      return [field, sketch];
    }),
  );
}

/** All profiles are read: once more from the beginning if only the quantiles are known so far, otherwise it is the end. */
export function endOfProfiles(
  { pass, sketches = {}, people, ...state }: ProfilesState,
  options: Options,
): ProfilesStep {
  const { groupBy, changedBy } = options;
  if (pass === 'quantiles' && typeof groupBy !== 'string') {
    const quantiles = quantilesFrom(groupBy, new Map(Object.entries(sketches)));
    return { next: { ...state, pass: 'groups', people, quantiles } };
  }
  return {
    events: groupsOf(people, fieldsOf(options)).map((group) =>
      groupItem('Profiles Grouped', group, changedBy),
    ),
  };
}
