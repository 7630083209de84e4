import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { SegmentEvent } from '../../../../functions/sources/segment/event.ts';
import { connectionTestEvent } from '../../../../functions/sources/segment/event.ts';
import { addressId, sendGridEvent } from '../../../../functions/sources/sendgrid/toEvent.ts';
import { anyJson } from '../../jsonArbitrary.ts';
import { addressKey } from './sendGridRequests.ts';

const recipients = { userIdArgument: 'user_id', addressKey };
const click = {
  email: 'jane@example.com',
  event: 'click',
  url: 'https://example.com/pricing',
  sg_event_id: 'Y2xpY2stMQ',
  timestamp: 1_795_176_000,
  category: ['plans', 'autumn'],
  user_id: 'u-7',
};

function eventOf(element: object, userIdArgument: string = 'user_id'): SegmentEvent {
  const read = sendGridEvent(element, { userIdArgument, addressKey });
  if (!read.ok) {
    throw new Error(read.problem);
  }
  return read.event;
}

function without(...names: readonly string[]): Record<string, unknown> {
  return Object.fromEntries(Object.entries(click).filter(([name]) => !names.includes(name)));
}

describe('an event of SendGrid', () => {
  it.each([
    ['processed', 'Email Processed'],
    ['deferred', 'Email Deferred'],
    ['delivered', 'Email Delivered'],
    ['dropped', 'Email Dropped'],
    ['bounce', 'Email Bounced'],
    ['open', 'Email Opened'],
    ['click', 'Email Link Clicked'],
    ['spamreport', 'Email Marked as Spam'],
    ['unsubscribe', 'Unsubscribed'],
    ['group_unsubscribe', 'Unsubscribed'],
    ['group_resubscribe', 'Resubscribed'],
    ['account_status_change', 'Account Status Changed'],
  ])('%s is the event "%s"', (kind, name) => {
    expect(eventOf({ ...click, event: kind })).toMatchObject({ type: 'track', event: name });
  });

  it.each(['a_new_kind', 'constructor', '__proto__'])('of the unknown kind %s keeps its name', (kind) => {
    expect(eventOf({ ...click, event: kind }).event).toBe(kind);
  });

  it('has the id that SendGrid gave it as message id, its time, and all members as properties', () => {
    const event = eventOf(click);
    expect(event).toMatchObject({
      messageId: 'Y2xpY2stMQ',
      userId: 'u-7',
      timestamp: '2026-11-20T12:00:00.000Z',
    });
    expect(event.properties).toEqual(click);
    expect(event.anonymousId).toBeUndefined();
  });

  it('has no message id without an sg_event_id', () => {
    expect(eventOf(without('sg_event_id')).messageId).toBeUndefined();
  });

  it('has the user of the custom argument that was configured, also a number', () => {
    expect(eventOf({ ...click, customer: 12 }, 'customer').userId).toBe('12');
  });

  it('without a user has a keyed hash of the address, the same for each spelling', () => {
    const { userId, anonymousId } = eventOf(without('user_id'));
    expect(userId).toBeUndefined();
    expect(anonymousId).toBe(addressId(' Jane@Example.COM ', addressKey));
    expect(anonymousId).toMatch(/^email-[0-9a-f]{40}$/);
    expect(addressId('jane@example.com', 'another key')).not.toBe(anonymousId);
  });

  it('without user and address has nobody', () => {
    const event = eventOf(without('user_id', 'email'));
    expect([event.userId, event.anonymousId]).toEqual([undefined, undefined]);
  });

  it('that SendGrid posts as a test is the connection test, one for all kinds of one second', () => {
    const test = { ...click, email: 'example@test.com', 'smtp-id': '<14c5d75ce93.dfd.64b469@ismtpd-555>' };
    const read = sendGridEvent(test, recipients);
    expect(read).toMatchObject({
      event: { event: connectionTestEvent, messageId: 'connection-test/2026-11-20T12:00:00.000Z' },
      filtered: { type: 'track', event: connectionTestEvent },
    });
    const { sg_event_id: _id, 'smtp-id': _smtpId, ...bounce } = { ...test, event: 'bounce' };
    const another = { ...bounce, sg_message_id: '14c5d75ce93.dfd.64b469.filter0001.16648.5515E0B88.0' };
    expect(sendGridEvent(another, recipients)).toEqual(read);
    expect(eventOf({ ...test, timestamp: 'soon' }).messageId).toBe('connection-test/unknown');
  });

  it('to the address of the tests, about another message, is not a test', () => {
    const event = eventOf({ ...click, email: 'example@test.com', sg_message_id: 'another' });
    expect(event).toMatchObject({ event: 'Email Link Clicked', messageId: click.sg_event_id });
  });

  it.each([
    ['a string of digits', '1795176000', '2026-11-20T12:00:00.000Z'],
    ['a word', 'now', undefined],
    ['beyond all dates', 1e20, undefined],
    ['absent', undefined, undefined],
  ])('with a time that is %s', (_what, timestamp, expected) => {
    expect(eventOf({ ...click, timestamp }).timestamp).toBe(expected);
  });

  it.each([[null], [5], ['text'], [[]], [{}], [{ event: '' }], [{ event: 7 }]])(
    'is invalid as %j',
    (element) => {
      expect(sendGridEvent(element, recipients).ok).toBe(false);
    },
  );

  it('is read or refused whatever its members are, and nothing throws', () => {
    const members = fc.record(
      { event: anyJson, sg_event_id: anyJson, email: anyJson, user_id: anyJson, timestamp: anyJson },
      { requiredKeys: [] },
    );
    fc.assert(
      fc.property(fc.oneof(members, anyJson), (element) => {
        const read = sendGridEvent(element, recipients);
        expect(read.ok ? read.event.type : read.problem).toBeTypeOf('string');
      }),
    );
  });
});
