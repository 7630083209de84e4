import { describe, expect, it } from 'vitest';
import { asOfMsOf, isOutdated } from '../../../functions/run/keptId.ts';
import type { CollectedEvents } from '../../../functions/run/prepareRequest.ts';
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
  it('the event time of a run is that of its event', () => {
    expect(asOf(eventsAt('2026-01-09T08:00:00.000Z'))).toBe('2026-01-09T08:00:00.000Z');
  });

  it('the event time of a run is not later than the arrival of its event', () => {
    expect(asOf(eventsAt('2099-01-01T00:00:00Z'))).toBe('2026-01-10T00:00:00.000Z');
    expect(asOf(eventsAt(undefined))).toBe('2026-01-10T00:00:00.000Z');
  });

  it('the event time of a run is that of its newest collected event, whichever joined last', () => {
    const events = eventsAt('2026-01-09T08:00:00Z', '2026-01-10T09:00:00Z', '2026-01-07T08:00:00Z');
    expect(asOf(events)).toBe('2026-01-10T09:00:00.000Z');
  });

  it('the event time of collected events is not later than now', () => {
    expect(asOf(eventsAt('2026-01-09T08:00:00Z', '2099-01-01T00:00:00Z'))).toBe('2026-01-10T12:00:00.000Z');
  });

  it.each([
    ['it asks in a thread', askMave(() => ({ message: 'Why?' }), { thread: 'per-user' })],
    ['it creates a persona', createPersona(() => ({ name: 'Ann' }))],
    ['the trigger names the persona', updatePersona(() => ({}), { personaId: 'p-1' })],
  ])('a run has no event time when %s', (_what, run) => {
    const events = eventsAt('2026-01-09T08:00:00Z');
    expect(asOfMsOf({ run }, { receivedAtMs }, events, nowMs)).toBeUndefined();
  });
});

describe('an outdated run', () => {
  it.each([
    ['a run is outdated when its event is older than the last update', 1_000, 1_001, undefined, true],
    ['a run is not outdated when its event has the time of the last update', 1_000, 1_000, undefined, false],
    ['a run is not outdated when its event is newer than the last update', 1_001, 1_000, undefined, false],
    ['a run is not outdated when the time of the last update is unknown', 1_000, undefined, undefined, false],
    ['a run is not outdated when its action ignores event time', undefined, 1_000, undefined, false],
    ['a run is not outdated when an operator redrives it', 1_000, 1_001, 'nonce', false],
  ])('%s', (_what, asOfMs, keptAsOfMs, redrive, expected) => {
    expect(isOutdated(asOfMs, { asOfMs: keptAsOfMs }, { redrive })).toBe(expected);
  });
});
