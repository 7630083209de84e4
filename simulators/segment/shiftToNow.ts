import { isBatch, type SegmentPayload, type SegmentPayloadEvent } from './payload.ts';

const timeMembers = ['timestamp', 'originalTimestamp', 'sentAt', 'receivedAt'] as const;

const isoTime = /^(\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2})(?:\.(\d+))?(Z|[+-]\d{2}:?\d{2})$/;

/**
 * Moves the times of an event, or of all events of a batch by the same span, so that the newest is now. Otherwise
 * recorded events are too old for a receiver that refuses stale ones.
 *
 * It moves `timestamp`, `originalTimestamp`, `sentAt` and `receivedAt` if they are ISO 8601 with a time zone. Each keeps
 * its zone, its number of decimals, and its decimals beyond milliseconds. Nothing else changes.
 */
export function shiftToNow(payload: SegmentPayload, nowMs: number): SegmentPayload {
  const events = isBatch(payload) ? payload : [payload];
  const times = events.flatMap((event) => (event === null ? [] : timesOf(event)));
  if (times.length === 0) {
    return payload;
  }
  const newestMs = times.reduce((newest, ms) => Math.max(newest, ms), Number.NEGATIVE_INFINITY);
  const shiftMs = nowMs - newestMs;
  if (isBatch(payload)) {
    return payload.map((event) => (event === null ? null : shiftEvent(event, shiftMs)));
  }
  return shiftEvent(payload, shiftMs);
}

function timesOf(event: SegmentPayloadEvent): readonly number[] {
  return timeMembers.map((member) => parseMs(event[member])).filter((ms) => !Number.isNaN(ms));
}

function parseMs(value: unknown): number {
  return typeof value === 'string' && isoTime.test(value) ? Date.parse(value) : Number.NaN;
}

function shiftEvent(event: SegmentPayloadEvent, shiftMs: number): SegmentPayloadEvent {
  const shifted: Record<string, unknown> = { ...event };
  for (const member of timeMembers) {
    const value = event[member];
    if (typeof value === 'string') {
      shifted[member] = shiftTime(value, shiftMs);
    }
  }
  return shifted;
}

/** Adds milliseconds to a time; zone and number of decimals stay. */
function shiftTime(time: string, shiftMs: number): string {
  const [, local, decimals = '', zone] = isoTime.exec(time) ?? [];
  const ms = parseMs(time);
  if (local === undefined || zone === undefined || Number.isNaN(ms)) {
    return time;
  }
  // The wall-clock time of the zone, read as if it were UTC: the zone stays, so only the difference counts.
  const wallClockMs = Date.parse(`${local}Z`) + Number(decimals.slice(0, 3).padEnd(3, '0'));
  const moved = new Date(wallClockMs + shiftMs).toISOString();
  const seconds = moved.slice(0, 19);
  const fraction = moved.slice(20, 23).slice(0, decimals.length) + decimals.slice(3);
  return `${seconds}${fraction === '' ? '' : `.${fraction}`}${zone}`;
}
