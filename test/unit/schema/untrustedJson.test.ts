import { describe, expect, it } from 'vitest';
import {
  isNestedWithin,
  maxElements,
  maxElementsText,
  mostLevels,
} from '../../../functions/schema/untrustedJson.ts';

function nested(levels: number): unknown {
  return JSON.parse(`${'['.repeat(levels)}${']'.repeat(levels)}`);
}

describe('JSON that is not nested too deeply', () => {
  it.each([null, 5, 'text', {}, [], { a: [{ b: null }] }, nested(mostLevels)])(
    'has at most 500 levels (%#)',
    (value) => {
      expect(isNestedWithin(value)).toBe(true);
    },
  );

  it.each([nested(mostLevels + 1), nested(100_000), { a: [1, nested(mostLevels)] }])(
    'does not have more than 500 levels (%#)',
    (value) => {
      expect(isNestedWithin(value)).toBe(false);
    },
  );
});

it('names the most elements of a body as people read it', () => {
  expect(maxElementsText).toBe(maxElements.toLocaleString('en'));
});
