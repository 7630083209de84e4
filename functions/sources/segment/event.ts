import * as z from 'zod/mini';
import { describeSchemaError } from '../../schema/schemaError.ts';

/** The message types of the Segment spec; `delete` comes from the deletion and suppression list. */
export const segmentEventTypes = ['track', 'identify', 'page', 'screen', 'group', 'alias', 'delete'] as const;

export type SegmentEventType = (typeof segmentEventTypes)[number];

/** Free-form members of an event, as the customer's own code named them. */
export type EventFields = Readonly<Record<string, unknown>>;

/**
 * One Segment-spec message, as triggers and request builders see it: what Segment sends as `null` is absent,
 * and the free-form objects are always there, if only empty.
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

/** Text, also where it came as a number; a wrong type of it would be no reason to lose an event. */
const text = z.transform((value) =>
  typeof value === 'string' || typeof value === 'number' ? String(value) : undefined,
);
const identifier = z.transform((value) =>
  (typeof value === 'string' && value !== '') || typeof value === 'number' ? String(value) : undefined,
);
const textOrNothing = z.transform((value) => (typeof value === 'string' && value !== '' ? value : undefined));
const fieldsOrNothing = z.transform((value): EventFields => (isPlainObject(value) ? value : {}));
const fields = z.pipe(
  z.nullish(z.custom<EventFields>(isPlainObject, 'expected an object')),
  z.transform((value): EventFields => value ?? {}),
);

/** The schema of an event as Segment really sends it; what comes out is a {@link SegmentEvent}. */
export const segmentEventSchema = z.looseObject({
  type: z.enum(segmentEventTypes),
  messageId: z.optional(textOrNothing),
  userId: z.optional(identifier),
  anonymousId: z.optional(identifier),
  groupId: z.optional(identifier),
  previousId: z.optional(identifier),
  event: z.optional(text),
  name: z.optional(text),
  category: z.optional(text),
  properties: z._default(fields, {}),
  traits: z._default(fields, {}),
  context: z._default(fieldsOrNothing, {}),
  integrations: z._default(fieldsOrNothing, {}),
  timestamp: z.optional(textOrNothing),
  originalTimestamp: z.optional(textOrNothing),
  sentAt: z.optional(textOrNothing),
  receivedAt: z.optional(textOrNothing),
  // A write key lets its holder send events: it goes no further than here.
  writeKey: z.optional(z.transform(() => undefined)),
});

export type ParsedEvent =
  | { readonly ok: true; readonly event: SegmentEvent }
  | { readonly ok: false; readonly problem: string };

/**
 * Reads one element of a request as Segment really sends it: ids and free-form objects may be `null`, a
 * message id may be missing or no string, timestamps may have nanoseconds, unknown members are kept.
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

/** Whether a parsed JSON value is an object: neither `null`, nor an array, nor a scalar. */
export function isPlainObject(value: unknown): value is EventFields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
