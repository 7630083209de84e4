import { describe, expect, it } from 'vitest';
import * as z from 'zod/mini';
import {
  creditsField,
  epochMsOf,
  idField,
  isBefore,
  mayBeSince,
  momentField,
  personaIdOf,
} from '../../../../functions/mavera/actions/maveraFields.ts';
import { segmentEvent } from '../../segmentEvents.ts';

describe('credits in an answer', () => {
  const answer = z.object({ credits: z.optional(creditsField) });

  it.each([0, 1, 2.5, 1_000_000])('credits of %d are read', (credits) => {
    expect(answer.parse({ credits })).toEqual({ credits });
  });

  it.each([-1, -0.001, 1_000_000.5, 1e308, Number.POSITIVE_INFINITY, Number.NaN, '5', null, true, [5], {}])(
    'impossible credits count as absent, and the answer is still read: %j',
    (credits) => {
      expect(answer.parse({ credits }).credits).toBeUndefined();
    },
  );

  it('credits that Mavera does not report are absent', () => {
    expect(answer.parse({}).credits).toBeUndefined();
  });
});

describe('ids in an answer', () => {
  it.each(['p-1', 'clx1abc2d0001abcdef123456', 'a b/c?d#e', '...', 'é🎉', 'x'.repeat(200)])(
    'an id may be any string: %s',
    (id) => {
      expect(idField.parse(id)).toBe(id);
    },
  );

  it.each(['', '.', '..', '\ud800', 'a\n', 'x'.repeat(201), 5, null])(
    'an id that cannot stand in the path of a later call is refused: %j',
    (id) => {
      expect(idField.safeParse(id).success).toBe(false);
    },
  );
});

describe('the persona that a trigger names', () => {
  const event = segmentEvent();
  const context = { event, events: [event], trigger: 'plan-upgraded' };

  it('a persona id may be a string, or a function of the event', () => {
    expect(personaIdOf('p-1', context)).toBe('p-1');
    expect(
      personaIdOf(
        ({ event: { userId }, events, trigger }) => `${trigger} ${userId} ${events.length}`,
        context,
      ),
    ).toBe('plan-upgraded 97980cfea0067 1');
  });

  it.each([undefined, null, '', '.', '..', 5, {}, Promise.resolve('p-1')])(
    'a personaId function that returns no id is an error: %j',
    (id) => {
      expect(() => personaIdOf(() => id as string, context)).toThrow(
        'the function of personaId returned no id',
      );
    },
  );

  it('an error of the personaId function is passed on', () => {
    const failing = (): string => {
      throw new RangeError('no such persona');
    };
    expect(() => personaIdOf(failing, context)).toThrow('no such persona');
  });
});

describe('moments in an answer', () => {
  const noonMs = Date.parse('2026-11-20T12:00:00Z');

  it.each([noonMs / 1000, '2026-11-20T12:00:00Z', '2026-11-20T12:00:00.000Z', '2026-11-20T13:00:00+01:00'])(
    'a moment is read from Unix seconds or ISO 8601: %j',
    (moment) => {
      expect(epochMsOf(momentField.parse(moment))).toBe(noonMs);
    },
  );

  it.each([undefined, null, '', 'soon'])('a moment that is absent or unreadable is NaN: %j', (moment) => {
    expect(epochMsOf(momentField.parse(moment))).toBeNaN();
  });

  it.each([true, {}, []])('a moment of another type is refused: %j', (moment) => {
    expect(momentField.safeParse(moment).success).toBe(false);
  });

  it.each([
    [-61, true, false],
    [-60, false, true],
    [0, false, true],
    [3_600, false, true],
  ])('a moment %d s after a time may be a minute off, since clocks differ', (seconds, before, since) => {
    const moment = noonMs / 1000 + seconds;
    expect([isBefore(moment, noonMs), mayBeSince(moment, noonMs)]).toEqual([before, since]);
  });

  it('no moment is neither before nor after a time', () => {
    expect([isBefore(undefined, noonMs), mayBeSince(null, noonMs)]).toEqual([false, false]);
  });
});
