import { describe, expect, it } from 'vitest';
import { describeSchemaError, isSchemaError } from '../../../../functions/schema/schemaError.ts';
import { parseSegmentCredentials } from '../../../../functions/sources/segment/credentials.ts';

/** The problem that this secret is refused with, as it would be logged. */
function problemOf(json: unknown): string {
  try {
    parseSegmentCredentials(json);
  } catch (error) {
    expect(isSchemaError(error)).toBe(true);
    return isSchemaError(error) ? `${describeSchemaError(error)} ${error.message}` : '';
  }
  throw new Error('the secret was accepted');
}

describe("Segment's secret", () => {
  it.each([
    ['one shared secret', { sharedSecret: 's-1' }, { sharedSecret: ['s-1'], bearerToken: [] }],
    [
      'a list of one',
      { sharedSecret: ['s'], bearerToken: ['t'] },
      { sharedSecret: ['s'], bearerToken: ['t'] },
    ],
    [
      'several of each during a rotation',
      { sharedSecret: ['s-2', 's-1'], bearerToken: ['t-2', 't-1'] },
      { sharedSecret: ['s-2', 's-1'], bearerToken: ['t-2', 't-1'] },
    ],
    [
      'a bearer token',
      { sharedSecret: 's-1', bearerToken: 't-1' },
      { sharedSecret: ['s-1'], bearerToken: ['t-1'] },
    ],
    [
      'an empty bearer token, which is none',
      { sharedSecret: 's-1', bearerToken: '' },
      { sharedSecret: ['s-1'], bearerToken: [] },
    ],
    [
      'white space around, as comes with copying',
      { sharedSecret: ' s-1\n', bearerToken: '\tt-1 ' },
      { sharedSecret: ['s-1'], bearerToken: ['t-1'] },
    ],
    [
      'members it does not know',
      { sharedSecret: 's-1', note: 1 },
      { sharedSecret: ['s-1'], bearerToken: [] },
    ],
  ])('is read with %s', (_what, json, expected) => {
    expect(parseSegmentCredentials(json)).toEqual(expected);
  });

  it.each([
    ['no shared secret', {}, 'sharedSecret'],
    ['an empty shared secret', { sharedSecret: '' }, 'sharedSecret'],
    ['a shared secret of whitespace', { sharedSecret: ' \n' }, 'only whitespace'],
    ['a list without a shared secret', { sharedSecret: [] }, 'sharedSecret'],
    ['a list with an empty one', { sharedSecret: ['s-1', ''] }, 'sharedSecret[1]'],
    ['a number', { sharedSecret: 12 }, 'sharedSecret'],
    ['a bearer token of whitespace', { sharedSecret: 's-1', bearerToken: ' ' }, 'bearerToken'],
    ['a list with an empty bearer token', { sharedSecret: 's-1', bearerToken: ['t-1', ''] }, 'bearerToken'],
    ['a list without a bearer token', { sharedSecret: 's-1', bearerToken: [] }, 'bearerToken'],
    ['a text instead of JSON', 's-1', 'expected object'],
    ['nothing', null, 'expected object'],
  ])('is refused with %s, naming the field', (_what, json, field) => {
    expect(problemOf(json)).toContain(field);
  });

  it('is never part of the problem', () => {
    for (const json of [
      'hunter2',
      ['hunter2'],
      { sharedSecret: { value: 'hunter2' } },
      { sharedSecret: ['hunter2', 5] },
      { sharedSecret: 'hunter2', bearerToken: [5, 'hunter2'] },
    ]) {
      expect(problemOf(json)).not.toContain('hunter2');
    }
  });

  it('is refused with a bearer token that no header can carry', () => {
    expect(problemOf({ sharedSecret: 's-1', bearerToken: 'two words' })).toContain(
      'expected a token without spaces, in ASCII',
    );
  });
});
