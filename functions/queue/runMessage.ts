import * as z from 'zod/mini';
import { type SegmentEvent, segmentEventSchema } from '../sources/segment/event.ts';

/**
 * One run in the queue: one trigger's work for one event.
 * Times are epoch milliseconds.
 */
export interface RunMessage {
  /** Shape of the message; a runner of a later version still reads the earlier ones. */
  readonly version: 1;
  /** 40 hex characters, derived from source, route, message id and trigger. */
  readonly runId: string;
  readonly trigger: string;
  readonly source: 'segment';
  readonly route: string;
  readonly messageId?: string | undefined;
  /** When the receiver took the event in. */
  readonly receivedAtMs: number;
  /** When the run is given up. */
  readonly deadlineAtMs: number;
  /** The run waits until then; absent on its first delivery. */
  readonly notBeforeMs?: number | undefined;
  /** The moment that the pace has reserved for its Mavera call, once it has. */
  readonly slotAtMs?: number | undefined;
  /** Random, of an operator's redrive: the run is made again though it is finished, once for each nonce. */
  readonly redrive?: string | undefined;
  /** The run is done, and its result is to be reported to Segment; how often that has failed so far. */
  readonly report?: { readonly attempts: number } | undefined;
  readonly event: SegmentEvent;
}

/** The last that a date can be. */
const lastMs = 8.64e15;

const moment = z.number().check(z.minimum(0), z.maximum(lastMs));

const runMessage = z.object({
  version: z.literal(1),
  runId: z.string().check(z.regex(/^[0-9a-f]{40}$/)),
  trigger: z.string().check(z.regex(/^[a-z0-9-]{1,64}$/)),
  source: z.literal('segment'),
  route: z.string().check(z.regex(/^[A-Za-z0-9_-]{1,64}$/)),
  messageId: z.optional(z.string()),
  receivedAtMs: moment,
  deadlineAtMs: moment,
  notBeforeMs: z.optional(moment),
  slotAtMs: z.optional(moment),
  redrive: z.optional(z.string()),
  report: z.optional(z.object({ attempts: z.number().check(z.nonnegative()) })),
  event: segmentEventSchema,
});

/**
 * Reads the body of a queue message.
 *
 * @throws SyntaxError when it is not JSON, ZodError when it is no run
 */
export function parseRunMessage(body: string): RunMessage {
  return runMessage.parse(JSON.parse(body));
}

/**
 * Characters that JSON leaves as they are and SQS refuses, U+FFFE and U+FFFF, and those beyond U+FFFF, which SQS
 * takes and its emulators do not.
 */
const notForSqs = /[\uD800-\uDFFF\uFFFE\uFFFF]/g;

/** The body of a queue message, with what SQS would refuse escaped. */
export function writeRunMessage(message: RunMessage): string {
  return JSON.stringify(message).replace(
    notForSqs,
    (character) => `\\u${character.charCodeAt(0).toString(16)}`,
  );
}
