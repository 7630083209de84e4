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
      'whitespace around, as comes with copying',
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

  it.each([
    ['a list typed as a string', '["new-hunter2","old-hunter2"]', 'JSON inside a string'],
    ['a list typed as a string, cut short', '["new-hunter2', 'JSON inside a string'],
    ['an object typed as a string', '{"sharedSecret":"hunter2"}', 'JSON inside a string'],
    ['the mask of a hidden secret', '••••••••••nter2', 'a mask such as ••••'],
    ['asterisks', '********', 'a mask such as ••••'],
    ['quotes around it', '"hunter2"', 'quotes around it'],
    ['typographic quotes around it', '“hunter2”', 'quotes around it'],
    ['a zero-width space', 'hunter2\u200b', 'invisible characters'],
    ['a line break in it', 'hun\nter2', 'invisible characters'],
    ['a non-breaking space in it', 'hun\u00a0ter2', 'invisible characters'],
    ['the mark of right-to-left text', '\u200fhunter2', 'invisible characters'],
  ])(
    'is refused with %s, which cannot be meant: the problem has field and reason, not the value',
    (_what, value, reason) => {
      for (const [json, field] of [
        [{ sharedSecret: value }, 'sharedSecret: '],
        [{ sharedSecret: ['s-1', value] }, 'sharedSecret[1]: '],
        [{ sharedSecret: 's-1', bearerToken: value }, 'bearerToken: '],
      ] as const) {
        const problem = problemOf(json);
        expect(problem).toContain(field);
        expect(problem).toContain(reason);
        expect(problem).not.toContain('nter2');
      }
    },
  );

  it.each(['a shared secret', 'pässwörd', "it's", '"quoted" in part', '[bracket', '{x}', '*a*b*', '1234'])(
    'may be unusual: %s',
    (value) => {
      expect(parseSegmentCredentials({ sharedSecret: value }).sharedSecret).toEqual([value]);
    },
  );

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
