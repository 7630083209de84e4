import { describe, expect, it } from 'vitest';
import { shortened } from '../../../functions/ledger/shortened.ts';

describe('a text for the ledger and the results topic', () => {
  it.each([
    ['nothing', undefined],
    ['an empty text', ''],
    ['a short text', 'm-1'],
    ['1,000 characters', 'x'.repeat(1_000)],
  ])('is left as it is: %s', (_what, value) => {
    expect(shortened(value)).toBe(value);
  });

  it.each([1_001, 100_000])('of %d characters is cut to its first 1,000 and an ellipsis', (length) => {
    const value = `${'a'.repeat(999)}b${'c'.repeat(length - 1_000)}`;
    expect(shortened(value)).toBe(`${'a'.repeat(999)}b…`);
  });

  it('is cut before a character that would be cut in half, and has all others', () => {
    expect(shortened(`🎉${'x'.repeat(2_000)}`)).toBe(`🎉${'x'.repeat(998)}…`);
    expect(shortened(`${'x'.repeat(999)}🎉`)).toBe(`${'x'.repeat(999)}…`);
  });
});
