import { createHmac } from 'node:crypto';
import { connectionTestEvent, type EventFields, isPlainObject, parseSegmentEvent } from '../segment/event.ts';
import type { ReadEvent } from '../source.ts';

/**
 * The names of Segment's e-mail spec, and names in its manner for what it does not name.
 * Sources: Segment, "Spec: Email"; SendGrid, "Event Webhook reference".
 */
export const eventNames = {
  processed: 'Email Processed',
  deferred: 'Email Deferred',
  delivered: 'Email Delivered',
  dropped: 'Email Dropped',
  bounce: 'Email Bounced',
  open: 'Email Opened',
  click: 'Email Link Clicked',
  spamreport: 'Email Marked as Spam',
  unsubscribe: 'Unsubscribed',
  group_unsubscribe: 'Unsubscribed',
  group_resubscribe: 'Resubscribed',
  account_status_change: 'Account Status Changed',
} as const;

/** The address and the message of each event that SendGrid posts as a test. Seen in signed tests of 2023 and 2025. */
const testAddress = 'example@test.com';
const testMessage = '14c5d75ce93.dfd.64b469';

/** The last second that a `Date` can have. */
const lastSecond = 8.64e12;

/** How the recipient of an e-mail is known to us. */
export interface Recipients {
  /** The custom argument that has the user's id. */
  readonly userIdArgument: string;
  /** The key of the hash that stands for an address. */
  readonly addressKey: string;
}

/**
 * Reads an event of SendGrid as a `track` event. All its members are the properties. An event of a kind that we do not
 * know keeps SendGrid's name for it. Without a `sg_event_id` there is no message id: then its content tells it from others.
 */
export function sendGridEvent(element: unknown, recipients: Recipients): ReadEvent {
  if (!isPlainObject(element)) {
    return { ok: false, problem: 'expected an object' };
  }
  const { event: kind, sg_event_id: id } = element;
  if (typeof kind !== 'string' || kind === '') {
    return { ok: false, problem: 'event: expected the name of an event' };
  }
  if (isTestEvent(element)) {
    return testEventFrom(element);
  }
  const mapped = {
    type: 'track',
    event: isKnownKind(kind) ? eventNames[kind] : kind,
    ...(typeof id === 'string' && id !== '' && { messageId: id }),
    ...recipientOf(element, recipients),
    ...timeOf(element.timestamp),
    properties: element,
  };
  return readMapped(mapped);
}

function isKnownKind(kind: string): kind is keyof typeof eventNames {
  return Object.hasOwn(eventNames, kind);
}

function readMapped(mapped: object): ReadEvent {
  const parsed = parseSegmentEvent(mapped);
  return parsed.ok ? { ...parsed, filtered: mapped } : parsed;
}

/** Whether an event is an example that SendGrid posts when somebody tests the webhook: about a message that nobody sent. */
function isTestEvent({ email, sg_message_id: messageId, 'smtp-id': smtpId }: EventFields): boolean {
  return email === testAddress && [messageId, smtpId].some(isOfTest);
}

function isOfTest(id: unknown): boolean {
  return typeof id === 'string' && id.includes(testMessage);
}

/** A test has an example of every kind, with ids that nobody knows before and one time: they are one event here. */
function testEventFrom({ timestamp }: EventFields): ReadEvent {
  return readMapped({
    type: 'track',
    event: connectionTestEvent,
    messageId: testMessageId(timeOf(timestamp).timestamp),
  });
}

/**
 * The message id of a test, by which its arrival is found in the ledger.
 *
 * @param madeAt the second in which SendGrid has made it, in ISO 8601; `undefined` if the test does not tell
 */
export function testMessageId(madeAt: string | undefined): string {
  return `connection-test/${madeAt ?? 'unknown'}`;
}

/** The user, by the custom argument, otherwise somebody who is known by a hash of the address. */
function recipientOf(
  element: EventFields,
  { userIdArgument, addressKey }: Recipients,
): { readonly userId?: string; readonly anonymousId?: string } {
  const userId = Object.hasOwn(element, userIdArgument) ? element[userIdArgument] : undefined;
  if ((typeof userId === 'string' && userId !== '') || typeof userId === 'number') {
    return { userId: String(userId) };
  }
  const { email } = element;
  return typeof email === 'string' && email.trim() !== ''
    ? { anonymousId: addressId(email, addressKey) }
    : {};
}

/** `email-` and 40 hex characters, the same for each spelling of an address in capitals or small letters. */
export function addressId(address: string, addressKey: string): string {
  const hash = createHmac('sha256', addressKey).update(address.trim().toLowerCase()).digest('hex');
  return `email-${hash.slice(0, 40)}`;
}

/** SendGrid writes epoch seconds, as a number; some of its numbers come as strings. */
function timeOf(timestamp: unknown): { readonly timestamp?: string } {
  const isTime = typeof timestamp === 'number' || (typeof timestamp === 'string' && /^\d+$/.test(timestamp));
  const seconds = isTime ? Number(timestamp) : Number.NaN;
  return seconds >= 0 && seconds <= lastSecond ? { timestamp: new Date(seconds * 1000).toISOString() } : {};
}
