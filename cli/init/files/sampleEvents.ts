import { eventNames } from '../../../functions/sources/sendgrid/toEvent.ts';
import { leastMembers } from '../filterOf.ts';
import type { NewTrigger } from '../newTrigger.ts';
import { samplePropertiesOf } from '../sampleProperties.ts';

/** An event as its source posts it, without what says when and which one it was. */
export type SampleEvent = Readonly<Record<string, unknown>>;

/** A made-up event that a trigger wants. @param subject the number of its customer or segment */
export function wantedEvent({ watched }: NewTrigger, subject: number): SampleEvent {
  const properties = samplePropertiesOf(watched);
  switch (watched.source) {
    case 'segment':
      return { type: 'track', event: watched.name, userId: `u-${subject}`, properties };
    case 'sendgrid':
      return { ...sendGridRecipient(subject), event: kindOf(watched.name), ...properties };
    case 'segops':
      return {
        ...segOpsSegment(subject),
        ...properties,
        ...(watched.name === 'all' && subject > 1 ? { segment_name: `Segment ${subject}` } : {}),
      };
  }
}

/** A made-up event of the same source that none of the triggers wants. */
export function unwantedEvent({ watched }: NewTrigger, all: readonly NewTrigger[]): SampleEvent {
  const names = new Set(all.map((trigger) => trigger.watched.name));
  const free = (candidates: readonly string[]): string =>
    candidates.find((name) => !names.has(name)) ?? `not ${[...names].join(' or ')}`;
  switch (watched.source) {
    case 'segment':
      return {
        type: 'track',
        event: free(['page_viewed', 'page_left']),
        userId: 'u-9',
        properties: { path: '/pricing' },
      };
    case 'sendgrid':
      return { ...sendGridRecipient(9), event: kindOf(free(Object.values(eventNames))) };
    case 'segops':
      return {
        ...segOpsSegment(9),
        segment_name: free(['Beta Testers', 'Early Adopters']),
        member_count: leastMembers - 1,
      };
  }
}

function sendGridRecipient(subject: number): SampleEvent {
  return { email: `customer-${subject}@example.com`, user_id: `u-${subject}` };
}

function segOpsSegment(subject: number): SampleEvent {
  return { event: 'segment.recomputed', tenant_slug: 'acme', segment_id: 40 + subject };
}

/** SendGrid's own name of an event. */
function kindOf(name: string): string {
  return Object.entries(eventNames).find(([, ours]) => ours === name)?.[0] ?? name;
}
