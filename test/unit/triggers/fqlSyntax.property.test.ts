import { parseFql, validate } from '@segment/destination-subscriptions';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { checkFqlSyntax } from '../../../functions/triggers/fqlSyntax.ts';
import { FqlSyntaxError } from '../../../functions/triggers/fqlToken.ts';
import { anyFilter, anyFilteredEvent, anyWriting } from './fqlArbitrary.ts';

describe('any valid filter', () => {
  it("is accepted, and Segment's parser reads it without an error", () => {
    fc.assert(
      fc.property(anyFilter, ({ fql }) => {
        expect(() => checkFqlSyntax(fql)).not.toThrow();
        expect(parseFql(fql)).not.toHaveProperty('error');
      }),
      { numRuns: 500 },
    );
  });

  it('matches at Segment the events that it describes', () => {
    fc.assert(
      fc.property(anyFilter, anyFilteredEvent, ({ fql, matches }, event) => {
        expect(validate(parseFql(fql), event)).toBe(matches(event));
      }),
      { numRuns: 1_000 },
    );
  });

  it('is refused in single quotes', () => {
    fc.assert(
      fc.property(anyFilter, ({ fql }) => {
        fc.pre(fql.includes('"') && !fql.includes("'"));
        expect(() => checkFqlSyntax(fql.replaceAll('"', "'"))).toThrow(/single quotes/);
      }),
    );
  });
});

describe('a filter that Segment may misread', () => {
  it('matches at Segment the events that it describes, or is refused', () => {
    fc.assert(
      fc.property(anyWriting, fc.array(anyFilteredEvent, { minLength: 8 }), ({ fql, matches }, events) => {
        fc.pre(isAccepted(fql));
        const filter = parseFql(fql);
        expect(events.map((event) => validate(filter, event))).toEqual(events.map(matches));
      }),
      { numRuns: 1_000 },
    );
  });
});

function isAccepted(fql: string): boolean {
  try {
    checkFqlSyntax(fql);
    return true;
  } catch {
    return false;
  }
}

describe('any text', () => {
  const pieces = fc.constantFrom(
    ...[
      'type',
      'event',
      'properties',
      '.',
      'x',
      '=',
      '!=',
      '>',
      '!',
      '"track"',
      "'a'",
      '"b*"',
      'null',
      'true',
    ],
    ...['5', '-', '(', ')', ',', 'and', 'or', 'contains', 'match', '\\', '[', '"', 'foo', '$', '\r'],
  );

  it('is accepted, or refused with an FqlSyntaxError', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.array(pieces).map((tokens) => tokens.join(' ')),
          fc.array(pieces).map((tokens) => tokens.join('')),
        ),
        (fql) => {
          try {
            checkFqlSyntax(fql);
          } catch (error) {
            expect(error).toBeInstanceOf(FqlSyntaxError);
            return;
          }
          expect(parseFql(fql)).not.toHaveProperty('error');
        },
      ),
      { numRuns: 1_000 },
    );
  });
});
