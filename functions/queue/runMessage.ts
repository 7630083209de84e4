import * as z from 'zod/mini';
import { isPlainObject, type SegmentEvent, segmentEventSchema } from '../sources/segment/event.ts';
import { type SourceName, sourceNames } from '../sources/source.ts';

/** Most bytes that SQS takes in a message, and in all messages of a batch together. */
export const maxMessageBytes = 1_048_576;

/** Where results are reported to, besides the results topic. */
export type ReportDestination = 'segment' | 'segops';

/** A report that has to be made. Each destination has a message of its own. */
export interface Report {
  /** Attempts so far that have failed. */
  readonly attempts: number;
  /** @default 'segment' */
  readonly to?: ReportDestination | undefined;
}

/**
 * One run in the queue: one trigger's work for one event.
 * Times are epoch milliseconds.
 */
export interface RunMessage {
  /**
   * Shape of the message; a runner of a later release still reads the earlier ones. 2: with `after`, or a report to SegOps. A
   * runner or dispatcher up to 0.3.0 would leave out what it does not know, and make another run or report of it; a message
   * of version 2 it cannot read. The runner dead-letters it, the dispatcher does not touch it.
   */
  readonly version: 1 | 2;
  /** 40 hex characters, derived from source, route, message id and trigger. */
  readonly runId: string;
  readonly trigger: string;
  readonly source: SourceName;
  readonly route: string;
  readonly messageId?: string | undefined;
  /** When the receiver got the event. */
  readonly receivedAtMs: number;
  /** When the run ends as `expired`, if it is not done. */
  readonly deadlineAtMs: number;
  /** The run waits until then; absent on its first delivery. */
  readonly notBeforeMs?: number | undefined;
  /** The slot of its call to Mavera, once the pace has given it one. */
  readonly slotAtMs?: number | undefined;
  /** The nonce of a redrive: the ended run is made again, once for each nonce. */
  readonly redrive?: string | undefined;
  /** The run of another trigger that it follows; its event is that run's event. */
  readonly after?: FollowedRun | undefined;
  /**
   * The item that a pull began the chain with: 40 hex characters, derived from the pull's trigger and the item. Absent where
   * events began it, and after a trigger that collects. A runner that does not know it leaves it out: the result of the item
   * is then compared as a new one, and not kept for later comparisons.
   */
  readonly pulledItem?: string | undefined;
  /** The run is done, and its result has to be reported. */
  readonly report?: Report | undefined;
  readonly event: SegmentEvent;
}

/** A run that is done, as its followers know it. */
export interface FollowedRun {
  readonly runId: string;
  readonly trigger: string;
  /** What its action gave. Very long strings in it are cut. */
  readonly result: Readonly<Record<string, unknown>>;
}

/**
 * An event that cancels a trigger's runs of one key: those that have not begun and whose event did not happen later. Times
 * are epoch milliseconds. A runner that does not know such messages dead-letters them.
 */
export interface CancelMessage {
  readonly version: 1;
  readonly kind: 'cancel';
  readonly trigger: string;
  readonly source: SourceName;
  readonly route: string;
  readonly messageId?: string | undefined;
  /** Of the ledger: `cancel#` and 40 hex characters, derived from trigger and key. */
  readonly key: string;
  /** When the event happened. */
  readonly atMs: number;
  /** The deadline of the last runs that it can cancel. */
  readonly expiresAtMs: number;
}

/** The last moment that a `Date` can have. */
const lastMs = 8.64e15;

const moment = z.number().check(z.minimum(0), z.maximum(lastMs));

/** The route of events that a pull found. No source can post to it. */
export const pullRoute = '~pull';

const origin = {
  trigger: z.string().check(z.regex(/^[a-z0-9-]{1,64}$/)),
  source: z.enum(sourceNames),
  route: z.string().check(z.regex(/^(?:[A-Za-z0-9_-]{1,64}|~pull)$/)),
  messageId: z.optional(z.string()),
};

const hexDigest = z.string().check(z.regex(/^[0-9a-f]{40}$/));

const runMessage = z.object({
  ...origin,
  version: z.literal([1, 2]),
  runId: hexDigest,
  receivedAtMs: moment,
  deadlineAtMs: moment,
  notBeforeMs: z.optional(moment),
  slotAtMs: z.optional(moment),
  redrive: z.optional(z.string()),
  after: z.optional(
    z.object({ runId: hexDigest, trigger: origin.trigger, result: z.record(z.string(), z.unknown()) }),
  ),
  pulledItem: z.optional(hexDigest),
  report: z.optional(
    z.object({
      attempts: z.number().check(z.nonnegative()),
      to: z.optional(z.enum(['segment', 'segops'])),
    }),
  ),
  event: segmentEventSchema,
});

const cancelMessage = z.object({
  ...origin,
  version: z.literal(1),
  kind: z.literal('cancel'),
  key: z.string().check(z.regex(/^cancel#[0-9a-f]{40}$/)),
  // An event may say that it happened before 1970.
  atMs: z.number().check(z.minimum(-lastMs), z.maximum(lastMs)),
  expiresAtMs: moment,
});

/**
 * Reads the body of a queue message that is a run.
 *
 * @throws SyntaxError when it is not JSON, ZodError when it is not a run
 */
export function parseRunMessage(body: string): RunMessage {
  return runMessage.parse(JSON.parse(body));
}

/**
 * Reads the body of a queue message. Only a {@link CancelMessage} has a `kind`.
 *
 * @throws SyntaxError when it is not JSON, ZodError when it is neither a run nor a cancellation
 */
export function parseQueueMessage(body: string): RunMessage | CancelMessage {
  const message: unknown = JSON.parse(body);
  return isPlainObject(message) && message.kind === 'cancel'
    ? cancelMessage.parse(message)
    : runMessage.parse(message);
}

/**
 * Characters that JSON does not escape and SQS refuses, U+FFFE and U+FFFF, and those beyond U+FFFF, which SQS takes and
 * its emulators do not.
 */
const notForSqs = /[\uD800-\uDFFF\uFFFE\uFFFF]/g;

/** The body of a queue message; characters that SQS would refuse are escaped. */
export function writeRunMessage(message: RunMessage): string {
  return writeMessage(message);
}

/** The body of a queue message, as {@link writeRunMessage} writes it. */
export function writeCancelMessage(message: CancelMessage): string {
  return writeMessage(message);
}

function writeMessage(message: RunMessage | CancelMessage): string {
  return JSON.stringify(message).replace(
    notForSqs,
    (character) => `\\u${character.charCodeAt(0).toString(16)}`,
  );
}

/** Hex digits of a run's id that are read as a number. */
const sampleDigits = 12;

/**
 * Whether a run is in its trigger's sample. The run's id is a digest of message id and trigger, so it is as good as random,
 * and the same event always gets the same decision.
 *
 * @param runId 40 hex characters
 * @param sample the share of runs that are in it, above 0, up to 1
 */
export function isInSample(runId: string, sample: number = 1): boolean {
  return Number.parseInt(runId.slice(0, sampleDigits), 16) / 16 ** sampleDigits < sample;
}
