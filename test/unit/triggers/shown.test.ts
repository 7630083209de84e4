import { describe, expect, it } from 'vitest';
import { thrownMessage } from '../../../functions/triggers/shown.ts';

describe('the message of what a function of a triggers file throws', () => {
  it.each([
    [new RangeError('no plan'), 'no plan'],
    ['no plan', 'no plan'],
    [undefined, 'undefined'],
    [Symbol('no plan'), 'Symbol(no plan)'],
    [Object.assign(new Error('x'), { message: Symbol('no plan') }), 'Symbol(no plan)'],
  ])('is the message of an error, or the value (%#)', (thrown, message) => {
    expect(thrownMessage(thrown)).toBe(message);
  });

  it('is the type of a value that cannot be shown', () => {
    expect(thrownMessage(Object.create(null))).toBe('a value of type object');
    expect(thrownMessage({ toString: 1 })).toBe('a value of type object');
  });
});
