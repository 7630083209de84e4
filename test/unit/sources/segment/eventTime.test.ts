import { describe, expect, it } from 'vitest';
import { eventTimeMs, isStale, parseSegmentEvent } from '../../../../functions/sources/segment/event.ts';
import { segmentEvent } from '../../segmentEvents.ts';

const windowMs = 7 * 24 * 3_600_000;
const nowMs = Date.parse('2026-01-10T00:00:00.000Z');

function isStaleWith(times: Readonly<Record<string, unknown>>): boolean {
  const parsed = parseSegmentEvent({ type: 'track', ...times });
  if (!parsed.ok) {
    throw new Error(parsed.problem);
  }
  return isStale(parsed.event, nowMs, windowMs);
}

describe('an event is stale', () => {
  it('when Segment received it longer ago than the dedupe window', () => {
    expect(isStaleWith({ receivedAt: '2026-01-02T23:59:59.999Z' })).toBe(true);
  });

  it('by its timestamp when its receivedAt is absent or not a time', () => {
    const timestamp = '2025-12-01T00:00:00.000Z';
    expect(isStaleWith({ timestamp })).toBe(true);
    expect(isStaleWith({ timestamp, receivedAt: null })).toBe(true);
    expect(isStaleWith({ timestamp, receivedAt: '' })).toBe(true);
    expect(isStaleWith({ timestamp, receivedAt: 1_767_225_600 })).toBe(true);
    expect(isStaleWith({ timestamp, receivedAt: 'yesterday' })).toBe(true);
  });

  it('by times with nanoseconds or another zone too', () => {
    expect(isStaleWith({ receivedAt: '2024-05-03T19:42:50.066179717Z' })).toBe(true);
    expect(isStaleWith({ receivedAt: '2026-01-03T00:00:00.000+01:00' })).toBe(true);
  });
});

describe('an event is fresh', () => {
  it('until the very end of that time', () => {
    expect(isStaleWith({ receivedAt: '2026-01-03T00:00:00.000Z' })).toBe(false);
  });

  it('when it was received recently, however long ago it happened', () => {
    expect(isStaleWith({ receivedAt: '2026-01-09T00:00:00.000Z', timestamp: '2020-01-01T00:00:00Z' })).toBe(
      false,
    );
  });

  it('when its time is in the future, because a clock is ahead', () => {
    expect(isStaleWith({ receivedAt: '2026-01-11T00:00:00.000Z' })).toBe(false);
  });

  it("when it has no time: originalTimestamp and sentAt come from the sender's clock", () => {
    expect(isStaleWith({})).toBe(false);
    expect(isStaleWith({ originalTimestamp: '2020-01-01T00:00:00Z', sentAt: '2020-01-01T00:00:00Z' })).toBe(
      false,
    );
  });
});

describe('the time at which an event happened', () => {
  const arrival = '2026-01-10T00:00:00.000Z';

  it.each([
    [
      'its timestamp',
      { timestamp: '2026-01-09T23:00:00Z', receivedAt: '2026-01-09T23:00:01Z' },
      '2026-01-09T23:00:00Z',
    ],
    [
      'its timestamp with nanoseconds',
      { timestamp: '2026-01-09T23:00:00.066179717Z' },
      '2026-01-09T23:00:00.066Z',
    ],
    [
      'its arrival at Segment, when the clock of its client is ahead',
      { timestamp: '2099-01-01T00:00:00Z', receivedAt: '2026-01-09T23:00:01Z' },
      '2026-01-09T23:00:01Z',
    ],
    [
      'its arrival at the receiver, when all clocks before are ahead',
      { timestamp: '2099-01-01T00:00:00Z' },
      arrival,
    ],
    [
      'its arrival at Segment, when it has no timestamp',
      { receivedAt: '2026-01-09T23:00:01Z' },
      '2026-01-09T23:00:01Z',
    ],
    ['its arrival at the receiver, when it has no time', {}, arrival],
    [
      'its arrival at the receiver, when its times cannot be read',
      { timestamp: 'soon', receivedAt: 5 },
      arrival,
    ],
  ])('is %s', (_what, times, expected) => {
    const event = segmentEvent({ type: 'identify', ...times });
    expect(new Date(eventTimeMs(event, Date.parse(arrival))).toISOString()).toBe(
      new Date(expected).toISOString(),
    );
  });

  it('puts a delayed event before a newer one, though the clock of its client is in 2099', () => {
    const older = segmentEvent({
      type: 'identify',
      timestamp: '2099-01-01T00:00:00Z',
      receivedAt: '2026-01-09T22:00:00Z',
    });
    const newer = segmentEvent({
      type: 'identify',
      timestamp: '2026-01-09T23:00:00Z',
      receivedAt: '2026-01-09T23:00:00Z',
    });
    expect(eventTimeMs(older, nowMs + 60_000)).toBeLessThan(eventTimeMs(newer, nowMs));
  });
});
