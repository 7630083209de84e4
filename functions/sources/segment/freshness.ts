import type { SegmentEvent } from './event.ts';

/**
 * Whether an event is older than the time for which duplicates of it are remembered, so that a replay of it
 * would no longer be noticed. Its age is that of `receivedAt`, else of `timestamp`; an event without either is
 * taken as fresh.
 */
export function isStale(event: SegmentEvent, nowMs: number, lifetimeMs: number): boolean {
  const sentMs = timeOf(event.receivedAt) ?? timeOf(event.timestamp);
  return sentMs !== undefined && nowMs - sentMs > lifetimeMs;
}

function timeOf(timestamp: string | undefined): number | undefined {
  const timeMs = timestamp === undefined ? Number.NaN : Date.parse(timestamp);
  return Number.isNaN(timeMs) ? undefined : timeMs;
}
