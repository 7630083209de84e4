import { describe, expect, it } from 'vitest';
import { shiftToNow } from '../../../simulators/segment/shiftToNow.ts';

const nowMs = Date.parse('2026-12-24T18:00:00.000Z');

describe('moving times to now', () => {
  it('makes the newest time now and keeps the distances', () => {
    const event = {
      type: 'track',
      originalTimestamp: '2026-11-16T08:00:00.100Z',
      sentAt: '2026-11-16T08:00:00.200Z',
      timestamp: '2026-11-16T08:00:00.150Z',
      receivedAt: '2026-11-16T08:00:01.000Z',
    };
    expect(shiftToNow(event, nowMs)).toEqual({
      type: 'track',
      originalTimestamp: '2026-12-24T17:59:59.100Z',
      sentAt: '2026-12-24T17:59:59.200Z',
      timestamp: '2026-12-24T17:59:59.150Z',
      receivedAt: '2026-12-24T18:00:00.000Z',
    });
  });

  it.each([
    ['nanoseconds', '2026-11-16T08:00:00.066179717Z', '2026-12-24T17:59:00.066179717Z'],
    ['microseconds', '2026-11-16T08:00:00.066179Z', '2026-12-24T17:59:00.066179Z'],
    ['milliseconds', '2026-11-16T08:00:00.066Z', '2026-12-24T17:59:00.066Z'],
    ['tenths', '2026-11-16T08:00:00.5Z', '2026-12-24T17:59:00.5Z'],
    ['seconds', '2026-11-16T08:00:00Z', '2026-12-24T17:59:00Z'],
    ['a zone', '2026-11-16T13:30:00.25+05:30', '2026-12-24T23:29:00.25+05:30'],
    ['a zone to the west', '2026-11-16T00:00:00-08:00', '2026-12-24T09:59:00-08:00'],
  ])('keeps %s', (_what, time, moved) => {
    const receivedAt = '2026-11-16T08:01:00.000Z';
    expect(shiftToNow({ timestamp: time, receivedAt }, nowMs)).toMatchObject({ timestamp: moved });
  });

  it('moves the events of a batch by the same span', () => {
    const batch = [{ timestamp: '2026-11-16T08:00:00Z' }, null, { timestamp: '2026-11-16T09:00:00Z' }];
    expect(shiftToNow(batch, nowMs)).toEqual([
      { timestamp: '2026-12-24T17:00:00Z' },
      null,
      { timestamp: '2026-12-24T18:00:00Z' },
    ]);
  });

  it.each([
    ['no times', { type: 'track', userId: 'u' }],
    ['null for a time', { type: 'track', sentAt: null }],
    ['an invalid time', { type: 'track', timestamp: 'yesterday' }],
    ['a time without a zone', { type: 'track', timestamp: '2026-11-16T08:00:00' }],
    ['a day that does not exist', { type: 'track', timestamp: '2026-13-77T08:00:00Z' }],
    ['a number for a time', { type: 'track', receivedAt: 1_763_280_000 }],
    ['an empty batch', []],
  ])('leaves %s as it is', (_what, payload) => {
    expect(shiftToNow(payload, nowMs)).toEqual(payload);
  });

  it('moves no other member, and keeps the order and a __proto__ key', () => {
    const text =
      '{"timestamp":"2026-11-16T08:00:00Z","__proto__":{"a":1},"traits":{"timestamp":"2026-11-16T08:00:00Z"}}';
    expect(JSON.stringify(shiftToNow(JSON.parse(text), nowMs))).toBe(
      text.replace('2026-11-16T08:00:00Z', '2026-12-24T18:00:00Z'),
    );
  });

  it('does not change the event that it is given', () => {
    const event = { timestamp: '2026-11-16T08:00:00Z' };
    shiftToNow(event, nowMs);
    expect(event).toEqual({ timestamp: '2026-11-16T08:00:00Z' });
  });
});
