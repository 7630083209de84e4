import { describe, expect, it } from 'vitest';
import type { CollectedEvents } from '../../../functions/run/collectEvents.ts';
import { asOfMsOf, isOutdated } from '../../../functions/run/keptId.ts';
import { askMave, createPersona, updatePersona } from '../../../functions/triggers/actions.ts';
import { segmentEvent } from '../segmentEvents.ts';

const receivedAtMs = Date.parse('2026-01-10T00:00:00Z');
const nowMs = Date.parse('2026-01-10T12:00:00Z');
const keeps = updatePersona(() => ({ name: 'Ann' }), { per: 'user' });

function eventsAt(...[first, ...others]: readonly (string | undefined)[]): CollectedEvents {
  const eventAt = (timestamp: string | undefined) => segmentEvent({ type: 'identify', timestamp });
  return [eventAt(first), ...others.map(eventAt)];
}

function asOf(events: CollectedEvents): string | undefined {
  const timeMs = asOfMsOf({ run: keeps }, { receivedAtMs }, events, nowMs);
  return timeMs === undefined ? undefined : new Date(timeMs).toISOString();
}

describe('the event time of a run that updates a kept persona', () => {
  it('is that of its event', () => {
    expect(asOf(eventsAt('2026-01-09T08:00:00.000Z'))).toBe('2026-01-09T08:00:00.000Z');
  });

  it('is no later than the arrival of its event', () => {
    expect(asOf(eventsAt('2099-01-01T00:00:00Z'))).toBe('2026-01-10T00:00:00.000Z');
    expect(asOf(eventsAt(undefined))).toBe('2026-01-10T00:00:00.000Z');
  });

  it('is that of the newest of its collected events, whichever joined last', () => {
    const events = eventsAt('2026-01-09T08:00:00Z', '2026-01-10T09:00:00Z', '2026-01-07T08:00:00Z');
    expect(asOf(events)).toBe('2026-01-10T09:00:00.000Z');
  });

  it('is no later than now for collected events', () => {
    expect(asOf(eventsAt('2026-01-09T08:00:00Z', '2099-01-01T00:00:00Z'))).toBe('2026-01-10T12:00:00.000Z');
  });

  it.each([
    ['it asks in a thread', askMave(() => ({ message: 'Why?' }), { thread: 'per-user' })],
    ['it creates a persona', createPersona(() => ({ name: 'Ann' }))],
    ['the trigger names the persona', updatePersona(() => ({}), { personaId: 'p-1' })],
  ])('does not count when %s', (_what, run) => {
    const events = eventsAt('2026-01-09T08:00:00Z');
    expect(asOfMsOf({ run }, { receivedAtMs }, events, nowMs)).toBeUndefined();
  });
});

describe('a run is outdated', () => {
  it.each([
    ['when its event is older than the last update', 1_000, 1_001, undefined, true],
    ['but not at the same time', 1_000, 1_000, undefined, false],
    ['but not when it is newer', 1_001, 1_000, undefined, false],
    ['but not when no time was kept', 1_000, undefined, undefined, false],
    ['but not when its action does not go by event time', undefined, 1_000, undefined, false],
    ['but not when an operator redrives it', 1_000, 1_001, 'nonce', false],
  ])('%s', (_what, asOfMs, keptAsOfMs, redrive, expected) => {
    expect(isOutdated(asOfMs, { asOfMs: keptAsOfMs }, { redrive })).toBe(expected);
  });
});
