import { createHash } from 'node:crypto';
import { type Person, type PersonChannel, people } from '../../people.ts';
import { sourceOfChannel } from './defaultSources.ts';
import type { Profile, ProfileId, ProfileTrackEvent } from './profile.ts';

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

/** The profiles of the made-up customers, with events before a time. */
export function defaultProfiles(nowMs: number): readonly Profile[] {
  return people.map((person) => profileOf(person, nowMs));
}

function profileOf(person: Person, nowMs: number): Profile {
  const { userId, name, email, plan, ltv, city, country, channels } = person;
  const sourceId = sourceIdOf(channels[0] ?? 'server');
  const sent = { name, email, plan, ltv, city, country, channels: [...channels] };
  const createdAtMs = nowMs - (90 + (hashOf(userId).charCodeAt(0) % 9) * 30) * dayMs;
  return {
    segmentId: `use_${hashOf(userId).slice(0, 24)}`,
    ids: idsOf(person),
    traits: {
      ...Object.fromEntries(Object.entries(sent).map(([key, value]) => [key, { value, sourceId }])),
      created_at: { value: new Date(createdAtMs).toISOString(), sourceId },
      invoices_90_days: { value: plan === 'free' ? 0 : 3, sourceId, class: 'computed_trait' },
      high_value: { value: ltv >= 2_000, sourceId, class: 'audience' },
    },
    events: eventsOf(channels, nowMs),
    createdAtMs,
    updatedAtMs: nowMs - dayMs,
  };
}

function idsOf({ userId, email, channels }: Person): readonly ProfileId[] {
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
  const first = sourceIdOf(channels[0] ?? 'server');
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
