import { createHash } from 'node:crypto';
import { type Person, type PersonChannel, people } from './people.ts';

/** A customer with what the made-up company knows of them. Segment's profiles and SendGrid's contacts are made from it. */
export interface Customer extends Person {
  /** A state of the USA or a province of Canada, two letters; empty elsewhere. */
  readonly state: string;
  readonly industry: string;
  readonly purchaseCount: number;
  readonly daysSinceSignup: number;
  readonly daysSinceOrder: number;
  readonly daysSinceWebVisit: number;
  readonly engagementTier: 'high' | 'medium' | 'low';
  readonly churnRisk: 'high' | 'medium' | 'low';
}

type Weighted<Value> = readonly (readonly [weight: number, value: Value])[];

const plans: Weighted<Person['plan']> = [
  [18, 'free'],
  [10, 'trial'],
  [24, 'starter'],
  [22, 'basic'],
  [20, 'professional'],
  [6, 'enterprise'],
];

/** What a customer of each plan usually spends in their life, in dollars. */
const usualLtv: Readonly<Record<Person['plan'], number>> = {
  free: 0,
  trial: 0,
  starter: 180,
  basic: 520,
  professional: 2_600,
  enterprise: 21_000,
};

const places: Weighted<readonly [city: string, state: string, country: string]> = [
  [9, ['Chicago', 'IL', 'US']],
  [8, ['Austin', 'TX', 'US']],
  [7, ['Denver', 'CO', 'US']],
  [6, ['Boston', 'MA', 'US']],
  [6, ['Portland', 'OR', 'US']],
  [5, ['Toronto', 'ON', 'CA']],
  [3, ['Vancouver', 'BC', 'CA']],
  [13, ['Berlin', '', 'DE']],
  [11, ['Leeds', '', 'GB']],
  [9, ['Lyon', '', 'FR']],
  [6, ['Madrid', '', 'ES']],
  [5, ['Pune', '', 'IN']],
  [4, ['Osaka', '', 'JP']],
  [4, ['Utrecht', '', 'NL']],
  [3, ['Sydney', '', 'AU']],
  [1, ['Bergen', '', 'NO']],
];

const industries: Weighted<string> = [
  [26, 'software'],
  [20, 'retail'],
  [16, 'finance'],
  [14, 'healthcare'],
  [12, 'education'],
  [8, 'manufacturing'],
  [4, 'travel'],
];

const channelSets: Weighted<readonly PersonChannel[]> = [
  [34, ['web', 'email']],
  [18, ['web']],
  [14, ['web', 'ios', 'email']],
  [11, ['web', 'android']],
  [9, ['ios']],
  [8, ['android', 'email']],
  [6, ['web', 'server', 'email']],
];

const firstNames = [
  'Ana',
  'Ben',
  'Cara',
  'Dev',
  'Eli',
  'Fay',
  'Gus',
  'Hana',
  'Ian',
  'Joy',
  'Kai',
  'Lia',
  'Moe',
];
const lastNames = [
  'Acorn',
  'Birch',
  'Cedar',
  'Dogwood',
  'Elm',
  'Fern',
  'Ginkgo',
  'Hazel',
  'Ivy',
  'Juniper',
  'Larch',
];

/** From 0 to 1, spread evenly, and the same at each start. */
export function chanceOf(index: number, what: string): number {
  return createHash('sha1').update(`${what} ${index}`).digest().readUInt32BE(0) / 2 ** 32;
}

/** The value whose weight a chance falls into. */
export function weighted<Value>(values: Weighted<Value>, chance: number): Value {
  const sum = values.reduce((total, [weight]) => total + weight, 0);
  let left = chance * sum;
  for (const [weight, value] of values) {
    left -= weight;
    if (left < 0) {
      return value;
    }
  }
  return (values[0] as (typeof values)[number])[1];
}

/**
 * One of endlessly many made-up customers: first those of `people.ts`, and then customers that are derived from the number
 * alone, so that a million of them need no memory.
 *
 * @example customerAt(0).userId // 'u_1001'
 */
export function customerAt(index: number): Customer {
  const person = people[index] ?? derivedPerson(index);
  const { plan, ltv } = person;
  const daysSinceSignup = Math.floor(5 + 900 * chanceOf(index, 'signup') ** 2);
  const purchaseCount = ltv === 0 ? 0 : 1 + Math.floor(Math.sqrt(ltv) * (0.2 + chanceOf(index, 'purchases')));
  const daysSinceOrder = Math.min(daysSinceSignup, Math.floor(220 * chanceOf(index, 'order') ** 1.5));
  const daysSinceWebVisit = Math.floor(120 * chanceOf(index, 'visit') ** 3);
  return {
    ...person,
    state: stateOf(person),
    industry: weighted(industries, chanceOf(index, 'industry')),
    purchaseCount,
    daysSinceSignup,
    daysSinceOrder,
    daysSinceWebVisit,
    engagementTier: daysSinceWebVisit <= 3 ? 'high' : daysSinceWebVisit <= 21 ? 'medium' : 'low',
    churnRisk: plan === 'free' || daysSinceOrder < 45 ? 'low' : daysSinceWebVisit > 21 ? 'high' : 'medium',
  };
}

function derivedPerson(index: number): Person {
  const plan = weighted(plans, chanceOf(index, 'plan'));
  const [city, , country] = weighted(places, chanceOf(index, 'place'));
  const first = firstNames[index % firstNames.length] ?? '';
  const last = lastNames[Math.floor(index / firstNames.length) % lastNames.length] ?? '';
  // Few spend much: between a third and about six times what is usual.
  const ltv = Math.round(usualLtv[plan] * Math.exp(3 * chanceOf(index, 'ltv') ** 1.4 - 1.1));
  return {
    userId: `u_${100_000 + index}`,
    name: `${first} ${last}`,
    email: `${first}.${last}.${index}@example.com`.toLowerCase(),
    plan,
    ltv,
    city,
    country,
    channels: weighted(channelSets, chanceOf(index, 'channels')),
  };
}

function stateOf({ city }: Person): string {
  const place = places.map(([, one]) => one).find(([name]) => name === city);
  return place?.[1] ?? '';
}
