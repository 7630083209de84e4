import { describe, expect, it } from 'vitest';
import { describeSchemaError, isSchemaError } from '../../../functions/schema/schemaError.ts';
import { parseSegmentApiCredentials } from '../../../functions/systems/segment/credentials.ts';
import { parseSegmentProfilesCredentials } from '../../../functions/systems/segmentProfiles/credentials.ts';
import { parseSegmentTrackingCredentials } from '../../../functions/systems/segmentTracking/credentials.ts';
import { parseSegOpsApiCredentials } from '../../../functions/systems/segops/credentials.ts';

function problemOf(parse: (secret: unknown) => unknown, secret: unknown): string {
  try {
    parse(secret);
  } catch (error) {
    return isSchemaError(error) ? describeSchemaError(error) : `${error}`;
  }
  throw new Error('the secret was read');
}

const secrets = [
  ["Segment's Public API", 'token', parseSegmentApiCredentials],
  ['SegOps', 'apiKey', parseSegOpsApiCredentials],
  ["Segment's Tracking API", 'writeKey', parseSegmentTrackingCredentials],
] as const;

describe.each(secrets)('the secret of %s', (_, field, parse) => {
  it('has one value, or several while it is replaced', () => {
    expect(parse({ [field]: ' sk_one ' })).toEqual({ [field]: ['sk_one'] });
    expect(parse({ [field]: ['sk_new', 'sk_old'], note: 'of May' })).toEqual({
      [field]: ['sk_new', 'sk_old'],
    });
  });

  it.each([
    ['nothing', undefined],
    ['an empty text', ''],
    ['an empty list', []],
    ['a space in it', 'sk_hush hush'],
    ['another line in it', 'sk_hush\r\nx-other: hush'],
    ['letters that no header has', 'sk_hüsh'],
    ['a mask', '••••hush'],
    ['quotes around it', '"sk_hush"'],
    ['a list inside a text', '["sk_hush"]'],
    ['a number', 5],
  ])('cannot be %s, and the problem names the field and not the value', (_what, value) => {
    const problem = problemOf(parse, value === undefined ? {} : { [field]: value });
    expect(problem).toContain(field);
    expect(problem).not.toMatch(/hush|hüsh/);
  });

  it.each([[undefined], [null], ['sk_hush'], [[]]])('cannot be %j as a whole', (secret) => {
    expect(problemOf(parse, secret)).not.toContain('hush');
  });
});

describe('the secret of the Profile API', () => {
  it('has a token for each space, or several while one is replaced', () => {
    const { accessTokens } = parseSegmentProfilesCredentials({
      accessTokens: { spa_1: 'one', spa_2: ['new', 'old'] },
    });
    expect([...accessTokens]).toEqual([
      ['spa_1', ['one']],
      ['spa_2', ['new', 'old']],
    ]);
  });

  it('gives no token for a space that only looks like one', () => {
    const { accessTokens } = parseSegmentProfilesCredentials({ accessTokens: { spa_1: 'one' } });
    expect(['constructor', '__proto__', 'toString', 'spa_2'].map((space) => accessTokens.get(space))).toEqual(
      Array.from({ length: 4 }, () => undefined),
    );
  });

  it.each([
    ['no tokens', {}],
    ['no space', { accessTokens: {} }],
    ['one token for all spaces', { accessTokens: 'hush' }],
    ['a token with a space in it', { accessTokens: { spa_1: 'hush hush' } }],
    ['a space that is not an id', { accessTokens: { 'spaces/1': 'hush' } }],
    ['token and space swapped', { accessTokens: { 'hush.hush==': 'spa_1' } }],
    ['a token that looks like a space, without its space', { accessTokens: { hush: 5 } }],
  ])('cannot have %s, and the problem names the field and not the value', (_what, secret) => {
    const problem = problemOf(parseSegmentProfilesCredentials, secret);
    expect(problem).toContain('accessTokens');
    expect(problem).not.toContain('hush');
  });
});
