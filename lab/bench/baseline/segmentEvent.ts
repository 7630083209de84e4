import * as z from 'zod';

const text = z
  .string()
  .nullish()
  .transform((value) => value ?? undefined);
const identifier = z
  .union([z.string(), z.number()])
  .nullish()
  .transform((value) => (value === null || value === undefined ? undefined : String(value)));
const fields = z
  .record(z.string(), z.unknown())
  .nullish()
  .transform((value) => value ?? {});

/** The same event as functions/sources/segment/event.ts reads, in the style of zod's documentation. */
export const segmentEvent = z.looseObject({
  type: z.enum(['track', 'identify', 'page', 'screen', 'group', 'alias', 'delete']),
  messageId: text,
  userId: identifier,
  anonymousId: identifier,
  groupId: identifier,
  previousId: identifier,
  event: text,
  name: text,
  category: text,
  properties: fields,
  traits: fields,
  context: fields,
  integrations: fields,
  timestamp: text,
  originalTimestamp: text,
  sentAt: text,
  receivedAt: text,
  writeKey: z
    .unknown()
    .optional()
    .transform(() => undefined),
});
