import { createHash } from 'node:crypto';
import { type Customer, customerAt } from '../../customers.ts';
import type { PersonChannel } from '../../people.ts';
import { sourceOfChannel } from './defaultSources.ts';
import type { Profile, ProfileId, ProfileTrackEvent, ProfileTrait } from './profile.ts';

const dayMs = 86_400_000;

type UsualEvent = readonly [daysAgo: number, event: string, properties: Readonly<Record<string, unknown>>];

/** What somebody does there. Segment gives back the last 14 days, so the last event of each line is not seen. */
const usualEvents: Readonly<Record<PersonChannel, readonly UsualEvent[]>> = {
  web: [
    [1, 'Report Viewed', { report: 'Revenue by month' }],
    [4, 'Dashboard Shared', { viewers: 3 }],
    [40, 'Plan Compared', { plans: ['basic', 'professional'] }],
  ],
  ios: [
    [2, 'Application Opened', { from_background: false, version: '7.4.0' }],
    [20, 'Push Notification Tapped', { campaign: 'Come back' }],
  ],
  android: [
    [3, 'Application Opened', { from_background: true, version: '7.3.2' }],
    [25, 'Application Updated', { version: '7.3.2' }],
  ],
  email: [
    [5, 'Email Opened', { campaign: 'Autumn plans' }],
    [5, 'Email Link Clicked', { campaign: 'Autumn plans', link_url: 'https://www.example.com/plans' }],
    [33, 'Email Opened', { campaign: 'Summer news' }],
  ],
  server: [
    [6, 'Invoice Paid', { currency: 'USD', total: 490 }],
    [36, 'Invoice Paid', { currency: 'USD', total: 490 }],
  ],
};

/** How many profiles a space has: the people of the examples, and customers who are members of its audiences. */
export const defaultProfileCount = 300;

/** The profiles of the made-up customers, with events before a time. */
export function defaultProfiles(nowMs: number): readonly Profile[] {
  return Array.from({ length: defaultProfileCount }, (_none, index) => profileOf(customerAt(index), nowMs));
}

/** Segment's own id of a customer's profile, the same at each start. */
export function segmentIdOf(userId: string): string {
  return `use_${hashOf(userId).slice(0, 24)}`;
}

function profileOf(customer: Customer, nowMs: number): Profile {
  const { userId, ltv, channels, daysSinceSignup } = customer;
  const createdAtMs = nowMs - daysSinceSignup * dayMs;
  const high: ProfileTrait = { value: ltv >= 2_000, sourceId: firstSourceOf(channels), class: 'audience' };
  return {
    segmentId: segmentIdOf(userId),
    ids: idsOf(customer),
    traits: { ...sentTraits(customer, createdAtMs), ...computedTraits(customer, nowMs), high_value: high },
    events: eventsOf(channels, nowMs),
    createdAtMs,
    updatedAtMs: nowMs - dayMs,
  };
}

/** What sources said. */
function sentTraits(customer: Customer, createdAtMs: number): Profile['traits'] {
  const { name, email, plan, ltv, city, country, channels, industry, state } = customer;
  const sent = { name, email, plan, ltv, city, country, channels: [...channels], industry };
  const sourceId = firstSourceOf(channels);
  const created = { value: new Date(createdAtMs).toISOString(), sourceId };
  return {
    ...Object.fromEntries(Object.entries(sent).map(([key, value]) => [key, { value, sourceId }])),
    ...(state === '' ? {} : { state: { value: state, sourceId } }),
    created_at: created,
  };
}

/** What Segment computed. */
function computedTraits(customer: Customer, nowMs: number): Profile['traits'] {
  const { plan, purchaseCount, daysSinceOrder, daysSinceSignup, engagementTier, churnRisk, channels } =
    customer;
  const computed = {
    invoices_90_days: plan === 'free' ? 0 : 3,
    purchase_count: purchaseCount,
    days_since_order: daysSinceOrder,
    days_since_signup: daysSinceSignup,
    engagement_tier: engagementTier,
    churn_risk: churnRisk,
    ...lastVisit(customer, nowMs),
  };
  const sourceId = firstSourceOf(channels);
  return Object.fromEntries(
    Object.entries(computed).map(([key, value]) => [key, { value, sourceId, class: 'computed_trait' }]),
  );
}

function lastVisit({ channels, daysSinceWebVisit }: Customer, nowMs: number): object {
  const atMs = nowMs - daysSinceWebVisit * dayMs;
  return channels.includes('web') ? { last_web_visit: new Date(atMs).toISOString() } : {};
}

function firstSourceOf(channels: Customer['channels']): string {
  return sourceIdOf(channels[0] ?? 'server');
}

function idsOf({ userId, email, channels }: Customer): readonly ProfileId[] {
  const web = sourceIdOf('web');
  const idsOfChannel: Readonly<Record<PersonChannel, readonly ProfileId[]>> = {
    web: [
      { type: 'anonymous_id', id: uuidOf(`web ${userId}`), sourceId: web },
      { type: 'ga_client_id', id: uuidOf(`ga ${userId}`).slice(0, 18), sourceId: web },
    ],
    ios: [{ type: 'ios.idfa', id: uuidOf(`ios ${userId}`), sourceId: sourceIdOf('ios') }],
    android: [{ type: 'android.idfa', id: uuidOf(`android ${userId}`), sourceId: sourceIdOf('android') }],
    email: [{ type: 'email', id: email, sourceId: sourceIdOf('email') }],
    server: [],
  };
  const first = firstSourceOf(channels);
  return [
    { type: 'user_id', id: userId, sourceId: first },
    ...channels.flatMap((channel) => idsOfChannel[channel]),
  ];
}

/** Newest first. */
function eventsOf(channels: readonly PersonChannel[], nowMs: number): readonly ProfileTrackEvent[] {
  return channels
    .flatMap((channel) =>
      usualEvents[channel].map(([daysAgo, event, properties], index) => ({
        event,
        properties,
        sourceId: sourceIdOf(channel),
        atMs: nowMs - daysAgo * dayMs + index * 60_000,
      })),
    )
    .sort((one, other) => other.atMs - one.atMs);
}

function sourceIdOf(channel: PersonChannel): string {
  return sourceOfChannel[channel].id;
}

/** In lower case, and the same at each start. */
function uuidOf(text: string): string {
  return hashOf(text).replace(/^(.{8})(.{4})(.{4})(.{4})(.{12}).*$/, '$1-$2-$3-$4-$5');
}

function hashOf(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
