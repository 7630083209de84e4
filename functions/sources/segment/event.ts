import * as z from 'zod/mini';
import { describeSchemaError } from '../../schema/schemaError.ts';

/** The message types of the Segment spec; `delete` comes from the deletion and suppression list. */
export const segmentEventTypes = ['track', 'identify', 'page', 'screen', 'group', 'alias', 'delete'] as const;

export type SegmentEventType = (typeof segmentEventTypes)[number];

/** Free-form members of an event, as the customer's own code named them. */
export type EventFields = Readonly<Record<string, unknown>>;

/**
 * One Segment-spec message, as request builders see it: what Segment sends as `null` is absent, and the free-form
 * objects are always there, though they may be empty.
 *
 * Source: Segment spec, "Common fields"; `SegmentEvent` of `@segment/actions-core`.
 */
export interface SegmentEvent {
  readonly type: SegmentEventType;
  /** Chosen by the sender, normally below 100 characters; absent when a mapping leaves it out. */
  readonly messageId?: string | undefined;
  readonly userId?: string | undefined;
  readonly anonymousId?: string | undefined;
  readonly groupId?: string | undefined;
  readonly previousId?: string | undefined;
  /** Name of a `track` event, e.g. `Order Completed`. */
  readonly event?: string | undefined;
  /** Name of a `page` or `screen`. */
  readonly name?: string | undefined;
  readonly category?: string | undefined;
  readonly properties: EventFields;
  readonly traits: EventFields;
  /** Among others `context.personas` on events of audiences and computed traits. */
  readonly context: EventFields;
  /** Values are booleans or objects. */
  readonly integrations: EventFields;
  /** ISO 8601, up to nanoseconds. */
  readonly timestamp?: string | undefined;
  readonly originalTimestamp?: string | undefined;
  readonly sentAt?: string | undefined;
  readonly receivedAt?: string | undefined;
}

/** A string, also where it came as a number; an event is not lost because this field has a wrong type. */
const stringOrNumber = z.transform((value) =>
  typeof value === 'string' || typeof value === 'number' ? String(value) : undefined,
);
const identifier = z.transform((value) =>
  (typeof value === 'string' && value !== '') || typeof value === 'number' ? String(value) : undefined,
);
const stringOrNothing = z.transform((value) =>
  typeof value === 'string' && value !== '' ? value : undefined,
);
const fieldsOrEmpty = z.transform((value): EventFields => (isPlainObject(value) ? value : {}));
const fields = z.pipe(
  z.nullish(z.custom<EventFields>(isPlainObject, 'expected an object')),
  z.transform((value): EventFields => value ?? {}),
);

/** Reads an event as Segment really sends it into a {@link SegmentEvent}. */
export const segmentEventSchema = z.looseObject({
  type: z.enum(segmentEventTypes),
  messageId: z.optional(stringOrNothing),
  userId: z.optional(identifier),
  anonymousId: z.optional(identifier),
  groupId: z.optional(identifier),
  previousId: z.optional(identifier),
  event: z.optional(stringOrNumber),
  name: z.optional(stringOrNumber),
  category: z.optional(stringOrNumber),
  properties: z._default(fields, {}),
  traits: z._default(fields, {}),
  context: z._default(fieldsOrEmpty, {}),
  integrations: z._default(fieldsOrEmpty, {}),
  timestamp: z.optional(stringOrNothing),
  originalTimestamp: z.optional(stringOrNothing),
  sentAt: z.optional(stringOrNothing),
  receivedAt: z.optional(stringOrNothing),
  // A write key lets its holder send events: it goes no further than here.
  writeKey: z.optional(z.transform(() => undefined)),
});

export type ParsedEvent =
  | { readonly ok: true; readonly event: SegmentEvent }
  | { readonly ok: false; readonly problem: string };

/**
 * Reads one element of a request as Segment really sends it: ids and free-form objects may be `null`, the
 * message id may be missing or not a string, timestamps may have nanoseconds, unknown members are kept.
 *
 * @returns the event, or a problem that names the field and never its value
 */
export function parseSegmentEvent(element: unknown): ParsedEvent {
  const result = segmentEventSchema.safeParse(element);
  if (!result.success) {
    return { ok: false, problem: describeSchemaError(result.error) };
  }
  return { ok: true, event: result.data };
}

/** Whether a parsed JSON value is an object, and not `null` or an array. */
export function isPlainObject(value: unknown): value is EventFields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** What the message ids of our own reports to Segment begin with; a run's id of 40 hex characters follows. */
export const reportIdPrefix = 'mavera-run-';

/** The library that our own reports to Segment name as their sender. */
export const libraryName = 'mavera-triggers';

const ownReport = new RegExp(`^${reportIdPrefix}[0-9a-f]{40}`);

/**
 * Whether an event is our own report of a run's result, which Segment has sent back to us. It starts nothing: otherwise
 * a trigger that wants every event would spend credits on its own results forever.
 */
export function isOwnReport({ messageId, context: { library } }: SegmentEvent): boolean {
  const isOurs = isPlainObject(library) && library.name === libraryName;
  return isOurs || (messageId !== undefined && ownReport.test(messageId));
}

/** The event that `npm run connect` sends through Segment to see it arrive. */
export const connectionTestEvent = 'Mavera Triggers Connection Test';

/** The filter that passes it through a mapping, beside the filters of the triggers. */
export const connectionTestFilter = `type = "track" and event = "${connectionTestEvent}"`;

/**
 * Whether an event only tests the connection. It is claimed like an event that a trigger wants, so the ledger shows its
 * arrival, but it starts no run.
 */
export function isConnectionTest({ type, event }: Pick<SegmentEvent, 'type' | 'event'>): boolean {
  return type === 'track' && event === connectionTestEvent;
}

/**
 * From when on an event ages, in epoch milliseconds: its `receivedAt`, otherwise its `timestamp`; `undefined` for an event
 * without either.
 */
export function sentAtMs(event: SegmentEvent): number | undefined {
  return timeOf(event.receivedAt) ?? timeOf(event.timestamp);
}

/** Whether an event is older than `windowMs`. An event without a time counts as fresh. */
export function isStale(event: SegmentEvent, nowMs: number, windowMs: number): boolean {
  const sentMs = sentAtMs(event);
  return sentMs !== undefined && nowMs - sentMs > windowMs;
}

/**
 * When an event happened, in epoch milliseconds, to tell a newer event from an older one: the least of `timestamp`, of its
 * arrival at Segment (`receivedAt`) and of its arrival at the receiver. A client's clock may be set to 2099, but no event
 * arrives before it happened.
 *
 * @param receivedAtMs when the receiver took the event in
 */
export function eventTimeMs(event: SegmentEvent, receivedAtMs: number): number {
  return Math.min(
    timeOf(event.timestamp) ?? receivedAtMs,
    timeOf(event.receivedAt) ?? receivedAtMs,
    receivedAtMs,
  );
}

function timeOf(timestamp: string | undefined): number | undefined {
  const timeMs = timestamp === undefined ? Number.NaN : Date.parse(timestamp);
  return Number.isNaN(timeMs) ? undefined : timeMs;
}
