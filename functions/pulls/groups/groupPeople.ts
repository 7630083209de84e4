import type { Compared, PulledItem } from '../pull.ts';
import type { Cluster, Clustering, Quantiles } from './clusterBy.ts';
import {
  addValue,
  type FieldSketch,
  type FieldSummary,
  fewestPeople,
  startSketch,
  summaryOf,
} from './fieldSketch.ts';

/** How people are divided into groups: by the values of a field as they are, or by named clusters. */
export type GroupBy = string | Clustering;

/** What is gathered of all people: JSON, of a size that does not grow with their number. */
export interface GatheredPeople {
  total: number;
  /** By `=` and the name. */
  readonly groups: Record<string, GatheredGroup>;
}

interface GatheredGroup {
  readonly explanation: string;
  count: number;
  readonly fields: readonly FieldSketch[];
}

/** What an event about a group has. There is no single person in it. */
export type PeopleGroup = {
  readonly group: string;
  /** In words, such as `ltv from 1000`. */
  readonly explanation: string;
  readonly count: number;
  /** Of all people, from 0 to 1. */
  readonly share: number;
  /** All people, in whichever group. */
  readonly total: number;
  readonly fields: Readonly<Record<string, FieldSummary>>;
};

/** Groups beyond these are rare values; their people count in the total alone. */
const mostGathered = 200;
/** Groups that become events: the largest ones. */
const mostGroups = 50;

export function startPeople(): GatheredPeople {
  return { total: 0, groups: {} };
}

/** Adds a person, in place. Somebody without a value of the field is in no group. */
export function addPerson(
  people: GatheredPeople,
  read: (field: string) => unknown,
  groupBy: GroupBy,
  fields: readonly string[],
  quantiles?: Quantiles,
): void {
  people.total += 1;
  const cluster = clusterOf(read, groupBy, quantiles);
  if (cluster === undefined) {
    return;
  }
  const key = `=${cluster.name}`;
  let group = people.groups[key];
  if (group === undefined) {
    if (Object.keys(people.groups).length >= mostGathered) {
      return;
    }
    group = { explanation: cluster.explanation, count: 0, fields: fields.map(startSketch) };
    people.groups[key] = group;
  }
  group.count += 1;
  for (const [index, field] of fields.entries()) {
    const sketch = group.fields[index];
    if (sketch !== undefined) {
      addValue(sketch, read(field));
    }
  }
}

function clusterOf(
  read: (field: string) => unknown,
  groupBy: GroupBy,
  quantiles: Quantiles | undefined,
): Cluster | undefined {
  if (typeof groupBy !== 'string') {
    return groupBy.clusterOf(read, quantiles);
  }
  const value = read(groupBy);
  const name = ['string', 'number', 'boolean'].includes(typeof value) ? String(value).trim() : '';
  return name === '' ? undefined : { name, explanation: `${groupBy} is ${name}` };
}

/** The groups that are large enough to be shown, the largest first. */
export function groupsOf(
  { total, groups }: GatheredPeople,
  fields: readonly string[],
): readonly PeopleGroup[] {
  return Object.entries(groups)
    .filter(([, { count }]) => count >= fewestPeople)
    .sort(([, one], [, other]) => other.count - one.count)
    .slice(0, mostGroups)
    .map(([key, { explanation, count, fields: sketches }]) => ({
      group: key.slice(1),
      explanation,
      count,
      share: Math.round((count / total) * 10_000) / 10_000,
      total,
      fields: Object.fromEntries(sketches.map((sketch, index) => [fields[index] ?? '', summaryOf(sketch)])),
    }));
}

/** The event about a group. Its number of people and its medians may change a little. */
export function groupItem(
  event: string,
  group: PeopleGroup,
  changedBy: number | undefined,
): PulledItem<PeopleGroup> {
  const medians = Object.entries(group.fields).flatMap(([field, { median }]) =>
    median === undefined ? [] : [[`median of ${field}`, median] as const],
  );
  const compared: Compared = {
    exactly: group.group,
    roughly: { count: group.count, ...Object.fromEntries(medians) },
    share: changedBy ?? 0.1,
  };
  return { item: group.group, event, properties: group, compared };
}
