import { parseFql } from '@segment/destination-subscriptions';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { filterText } from '../../../functions/triggers/filterText.ts';
import { checkFqlSyntax } from '../../../functions/triggers/fqlSyntax.ts';
import { anyFilter } from './fqlArbitrary.ts';

function rewritten(fql: string): string {
  checkFqlSyntax(fql);
  const filter = parseFql(fql);
  if ('error' in filter) {
    throw filter.error;
  }
  return filterText(filter);
}

describe('the text of a parsed filter', () => {
  it.each([
    'type = "track" and event != ""',
    '(event = "a" or event = "(or)") and properties.total >= -10.5',
    'contains(traits.a.b, "x") or !contains(name, "y")',
    'match(event, "a*") or !match(event, "*a") or match(event, "*") or !match(userId, "b*")',
    'traits.plan = null or context.x != null or userId = null',
    'properties.a = true or properties.a = false or properties.a = "true" or properties.a = "5"',
    'properties.n = 5 or properties.n != 5 or properties.n < 5 or properties.n <= 5 or properties.n > 5',
    'properties.n = 0.0000001 or properties.n != -0.00000000000123',
    'properties.n = 1000000000000000000000000 or properties.n > 123456789012345680000000000',
    String.raw`properties.\1st = 1 or properties.\and.\or.\null = 2 or properties.a\ b = 3`,
    String.raw`properties.\-x = 1 or properties._x-1 = 2 or properties.order.nullable.AND = 3`,
    'properties.android = 1 or properties.original = 2 or properties.nullable = 3',
    String.raw`properties.products.\[0\].brand = "x" or properties.products\[1\].brand = "y"`,
    String.raw`properties.caf\é = 1 or properties.a\\b = 2`,
  ])('is the text that was parsed: %s', (fql) => {
    expect(rewritten(fql)).toBe(fql);
  });

  it.each([
    [' type  =  "track"\n and event="a" ', 'type = "track" and event = "a"'],
    ['properties.n > "5"', 'properties.n > 5'],
    ['properties.n = +5 and properties.n <= 5.0', 'properties.n = 5 and properties.n <= 5'],
    ['contains( event ,"a" )', 'contains(event, "a")'],
    ['(type = "page")', 'type = "page"'],
    ['name = 5', 'name = "5"'],
  ])('is normalized: %j', (fql, form) => {
    expect(rewritten(fql)).toBe(form);
  });

  it('is parsed to the same filter', () => {
    fc.assert(
      fc.property(anyFilter, ({ fql }) => {
        const text = rewritten(fql);
        expect(() => checkFqlSyntax(text)).not.toThrow();
        expect(parseFql(text)).toEqual(parseFql(fql));
      }),
      { numRuns: 1_000 },
    );
  });

  it('keeps every finite number', () => {
    fc.assert(
      fc.property(fc.double({ noNaN: true, noDefaultInfinity: true }), (number) => {
        const text = filterText({
          type: 'group',
          operator: 'and',
          children: [{ type: 'event-property', name: 'n', operator: 'number_equals', value: number }],
        });
        expect(parseFql(text)).toMatchObject({ children: [{ value: number === 0 ? 0 : number }] });
      }),
      { numRuns: 1_000 },
    );
  });
});
