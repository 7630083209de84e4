import type { SegmentPayloadEvent } from './payload.ts';
import { trackingKey } from './trackingKey.ts';

/** Source: Segment docs, HTTP API: 500 KB for a batch, 32 KB for each event in it. */
export const maxBatchBytes = 500 * 1024;
const maxEventBytes = 32 * 1024;

/** A request as it arrived. */
export interface TrackingCall {
  readonly authorization: string | undefined;
  readonly contentType: string | undefined;
  /** `undefined`: larger than {@link maxBatchBytes}. */
  readonly text: string | undefined;
}

/** An event that Segment accepts and drops silently. */
export interface DroppedEvent {
  readonly event: unknown;
  readonly reason: string;
}

/** The outcome of a batch. */
export type BatchVerdict =
  | {
      readonly kind: 'taken';
      readonly accepted: readonly SegmentPayloadEvent[];
      readonly dropped: readonly DroppedEvent[];
    }
  /** Answered with 400; no event is accepted. */
  | { readonly kind: 'refused'; readonly reason: string };

/**
 * Judges a `POST /v1/batch` as Segment does: nearly everything is answered with 200, and bad events are dropped silently.
 * Only a body that is too large or not JSON is refused.
 *
 * Source: Segment docs, HTTP API, "Errors": an event without `userId` and `anonymousId` is dropped, and so is a track
 * event without a name. GUESS: events with a wrong or missing write key, or with another content type, are dropped; one
 * event that is too large refuses the whole batch.
 *
 * @param writeKey the only one whose events are accepted; `undefined`: any
 */
export function judgeBatch(call: TrackingCall, writeKey: string | undefined): BatchVerdict {
  if (call.text === undefined) {
    return { kind: 'refused', reason: `The batch is larger than ${maxBatchBytes} bytes.` };
  }
  const body = parseJson(call.text);
  if (body === undefined) {
    return { kind: 'refused', reason: 'The body is not valid JSON.' };
  }
  const { batch, writeKey: keyInBody } = membersOf(body);
  const items: readonly unknown[] = Array.isArray(batch) ? batch : [];
  if (items.some((item) => Buffer.byteLength(JSON.stringify(item)) > maxEventBytes)) {
    return { kind: 'refused', reason: `An event of the batch is larger than ${maxEventBytes} bytes.` };
  }
  return sortOut(items, reasonToDropAll(call, keyInBody, writeKey));
}

function sortOut(items: readonly unknown[], reasonForAll: string | undefined): BatchVerdict {
  const accepted: SegmentPayloadEvent[] = [];
  const dropped: DroppedEvent[] = [];
  for (const item of items) {
    const reason = reasonForAll ?? reasonToDrop(item);
    if (reason === undefined) {
      accepted.push(membersOf(item));
    } else {
      dropped.push({ event: item, reason });
    }
  }
  return { kind: 'taken', accepted, dropped };
}

function reasonToDropAll(
  { authorization, contentType }: TrackingCall,
  keyInBody: unknown,
  writeKey: string | undefined,
): string | undefined {
  if (!/^application\/json *(;|$)/i.test(contentType ?? '')) {
    return 'the content type is not application/json';
  }
  const key = trackingKey(authorization, keyInBody);
  if (key === undefined) {
    return 'there is no write key';
  }
  return writeKey === undefined || key === writeKey ? undefined : 'the write key is wrong';
}

function reasonToDrop(item: unknown): string | undefined {
  const { type, event, userId, anonymousId } = membersOf(item);
  if (!isText(userId) && !isText(anonymousId)) {
    return 'it has neither userId nor anonymousId';
  }
  return type === 'track' && !isText(event) ? 'it is a track event without a name' : undefined;
}

function isText(value: unknown): boolean {
  return typeof value === 'string' && value !== '';
}

function membersOf(value: unknown): SegmentPayloadEvent {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...value } : {};
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
