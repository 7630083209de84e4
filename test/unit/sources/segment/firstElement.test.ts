import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { firstElement } from '../../../../functions/sources/segment/firstElement.ts';
import { anyJson } from '../../jsonArbitrary.ts';

describe('the first element of an array', () => {
  it.each([
    ['an object', '[{"a":1},{"b":2}]', '{"a":1}'],
    ['the only object', '[{"a":1}]', '{"a":1}'],
    ['nested objects and arrays', '[{"a":{"b":[1,{"c":[]}]},"d":2},3]', '{"a":{"b":[1,{"c":[]}]},"d":2}'],
    ['an array', '[[1,[2,3]],4]', '[1,[2,3]]'],
    ['a text with brackets and commas', '["a]}[{,b",1]', '"a]}[{,b"'],
    ['texts with brackets and commas in an object', '[{"k],}":"],[{"},1]', '{"k],}":"],[{"}'],
    ['a text with escaped quotes', String.raw`["a\",]\"",1]`, String.raw`"a\",]\""`],
    ['a text that ends with an escaped backslash', String.raw`["a\\",1]`, String.raw`"a\\"`],
    ['an empty text', '["",1]', '""'],
    ['a number', '[-1.5e3,2]', '-1.5e3'],
    ['null', '[null,1]', 'null'],
    ['a boolean alone', '[true]', 'true'],
  ])('is found when it is %s', (_what, array, expected) => {
    expect(firstElement(array)).toBe(expected);
  });

  it('has the whitespace around it, because it is part of what was signed', () => {
    expect(firstElement('[ {"a": 1}\n,2]')).toBe(' {"a": 1}\n');
  });

  it('is empty in an empty array', () => {
    expect(firstElement('[]')).toBe('');
  });

  it.each(['[', '[1', '[{"a":1', '[{"a":1}', '["a]', String.raw`["a\"]`, '[[1]', '["a\\'])(
    'is not there in %j, which does not end',
    (array) => {
      expect(firstElement(array)).toBeUndefined();
    },
  );

  it.each(['', '{"a":[1]}', '"[1]"', '1', 'null', ' [1]', '\ufeff[1]'])(
    'is not there in %j, which is not an array',
    (text) => {
      expect(firstElement(text)).toBeUndefined();
    },
  );

  it('is what JSON.stringify writes of it, whatever the array holds', () => {
    fc.assert(
      fc.property(fc.array(anyJson, { minLength: 1, maxLength: 4 }), (array) => {
        expect(firstElement(JSON.stringify(array))).toBe(JSON.stringify(array[0]));
      }),
      { numRuns: 500 },
    );
  });
});
