/** One event, as parsed JSON. */
export type SegmentPayloadEvent = Readonly<Record<string, unknown>>;

/** The events of a batch; Segment sends `null` for an event whose mapping is empty. */
export type SegmentBatch = readonly (SegmentPayloadEvent | null)[];

/** The body of one request to a webhook. */
export type SegmentPayload = SegmentPayloadEvent | SegmentBatch;

/** Whether a payload is a batch. */
export function isBatch(payload: SegmentPayload): payload is SegmentBatch {
  return Array.isArray(payload);
}

/** Whether parsed JSON can be sent: an object, or an array of objects and nulls. */
export function isPayload(value: unknown): value is SegmentPayload {
  return isObject(value) || (Array.isArray(value) && value.every((item) => item === null || isObject(item)));
}

function isObject(value: unknown): boolean {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
