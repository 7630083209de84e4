import { people } from '../people.ts';

/** A segment with its members. */
export interface SegOpsSegment {
  readonly id: number;
  readonly name: string;
  readonly description: string;
  /** As the API shows it. */
  readonly definition: object;
  /** User ids in the order in which they are listed. */
  readonly members: readonly string[];
  /** Epoch milliseconds. */
  readonly lastComputedAtMs: number;
}

const computedAtMs = Date.parse('2026-11-20T09:00:00Z');

const isValuable = { type: 'user_property', property: 'ltv', operator: 'gte', value: 2_000 };
const isQuiet = { type: 'event_count', event_type: 'login', operator: 'lte', value: 1, window_days: 21 };
const isTrying = { type: 'user_property', property: 'plan', operator: 'eq', value: 'trial' };

/**
 * The segments of a new account: two of the examples, with as many members as there, one of trials, and one without
 * members. The members are made-up customers first, and then users that nobody else knows.
 */
export function defaultSegments(): readonly SegOpsSegment[] {
  const idsOf = (wanted: (person: (typeof people)[number]) => boolean): readonly string[] =>
    people.filter(wanted).map(({ userId }) => userId);
  const valuable = idsOf(({ ltv }) => ltv >= 2_000);
  const leaving = idsOf(({ userId }) => ['u_1010', 'u_1013', 'u_1016', 'u_1032'].includes(userId));
  const trying = idsOf(({ plan }) => plan === 'trial');
  return [
    segment(42, 'High LTV Buyers', [isValuable], filledUp(valuable, 1_851)),
    segment(57, 'About to Churn', [isQuiet], filledUp(leaving, 96)),
    segment(61, 'On Trial', [isTrying], trying),
    segment(70, 'Nobody Yet', [isValuable, isTrying], []),
  ];
}

function filledUp(members: readonly string[], count: number): readonly string[] {
  const others = Array.from({ length: count - members.length }, (_, index) => `u_${5_000 + index}`);
  return [...members, ...others];
}

function segment(
  id: number,
  name: string,
  conditions: readonly object[],
  members: readonly string[],
): SegOpsSegment {
  return {
    id,
    name,
    description: '',
    definition: { logic: 'AND', conditions },
    members,
    lastComputedAtMs: computedAtMs,
  };
}

/** How the API shows a segment. GUESS: the form of `tenant`, and that there are no further members. */
export function shownSegment(one: SegOpsSegment, tenant: string): object {
  return {
    id: one.id,
    name: one.name,
    tenant,
    segment_type: 'rule',
    description: one.description,
    definition: one.definition,
    member_count: one.members.length,
    last_computed_at: isoSeconds(one.lastComputedAtMs),
  };
}

/** SegOps writes times without fractions of seconds. */
export function isoSeconds(epochMs: number): string {
  return new Date(epochMs).toISOString().replace(/\.\d+Z$/, 'Z');
}
