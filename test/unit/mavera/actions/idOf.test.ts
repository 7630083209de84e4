import { describe, expect, it } from 'vitest';
import { idOf } from '../../../../functions/mavera/actions/idOf.ts';
import { segmentEvent } from '../../segmentEvents.ts';

const event = segmentEvent();
const context = { event, events: [event], trigger: 'plan-upgraded' };

describe('the id of a persona', () => {
  it('is the one that is given, or what a function of the event returns', () => {
    expect(idOf('p-1', context)).toBe('p-1');
    expect(
      idOf(({ event: { userId }, events, trigger }) => `${trigger} ${userId} ${events.length}`, context),
    ).toBe('plan-upgraded 97980cfea0067 1');
  });

  it.each([undefined, null, '', '.', '..', 5, {}, Promise.resolve('p-1')])(
    'is none when the function returns %j',
    (id) => {
      expect(() => idOf(() => id as string, context)).toThrow('the function of personaId returned no id');
    },
  );

  it('is none when the function throws: its error goes on', () => {
    const failing = (): string => {
      throw new RangeError('no such persona');
    };
    expect(() => idOf(failing, context)).toThrow('no such persona');
  });
});
