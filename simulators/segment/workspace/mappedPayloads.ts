import { parseFql, validate } from '../../../functions/triggers/segmentFql.ts';
import { isPayload, type SegmentPayload, type SegmentPayloadEvent } from '../payload.ts';
import { mappedData } from './mappedData.ts';
import type { StoredSubscription } from './workspaceState.ts';

const wholeEvent = { '@path': '$.' };

/** GUESS: Segment reads a batch size of 0, the code's default, as the default of its documentation. */
const defaultBatchSize = 1_000;

/**
 * The payloads that a mapping sends for some events: those that its filter matches, one by one, or in batches if batching
 * is on.
 *
 * Source: segmentio/action-destinations. Data that is not an object is never sent. Data that an event does not have is
 * `null` in a batch; for a single event Segment posts an empty, unsigned request, which is left out here.
 */
export function mappedPayloads(
  { trigger, settings }: StoredSubscription,
  events: readonly SegmentPayloadEvent[],
): readonly SegmentPayload[] {
  const filter = parseFql(trigger);
  const { data = wholeEvent, enable_batching: isBatching, batch_size: batchSize } = settings;
  const mapped = events
    .filter((event) => validate(filter, event as Parameters<typeof validate>[1]))
    .map((event) => mappedData(data, event) ?? null)
    .filter((value) => value === null || isEvent(value));
  return isBatching === true
    ? chunks(mapped, Number(batchSize) || defaultBatchSize)
    : mapped.filter((value) => value !== null);
}

function isEvent(value: unknown): value is SegmentPayloadEvent {
  return isPayload(value) && !Array.isArray(value);
}

function chunks<Item>(items: readonly Item[], size: number): readonly (readonly Item[])[] {
  const starts = Array.from({ length: Math.ceil(items.length / size) }, (_none, index) => index * size);
  return starts.map((start) => items.slice(start, start + size));
}
