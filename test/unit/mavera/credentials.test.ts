import { describe, expect, it } from 'vitest';
import { parseMaveraCredentials } from '../../../functions/mavera/credentials.ts';
import { describeSchemaError, isSchemaError } from '../../../functions/schema/schemaError.ts';

const key = 'mvra_live_0123456789abcdef0123456789';

function problemOf(json: unknown): string {
  try {
    parseMaveraCredentials(json);
  } catch (error) {
    expect(isSchemaError(error)).toBe(true);
    return isSchemaError(error) ? `${describeSchemaError(error)} ${error.message}` : '';
  }
  throw new Error('the secret was accepted');
}

describe("Mavera's secret", () => {
  it('the API key is read without the white space that copying adds', () => {
    expect(parseMaveraCredentials({ apiKey: key })).toEqual({ apiKey: key });
    expect(parseMaveraCredentials({ apiKey: ` ${key}\n` })).toEqual({ apiKey: key });
  });

  it.each([
    ['that is too short', 'mvra'],
    ['that is empty', ''],
    ['with a space inside', 'mvra_live_ 0123456789'],
    ['with a line break inside, which no header takes', 'mvra_live_\n0123456789'],
    ['beyond ASCII', 'mvra_live_schlüssel'],
  ])('an API key %s is refused, and the message says where keys are made', (_what, apiKey) => {
    expect(problemOf({ apiKey })).toContain('apiKey: expected a Mavera API key (mvra_live_…)');
    expect(problemOf({ apiKey })).toContain('Settings > Developer > API Keys');
  });

  it.each([
    ['no key', {}, 'apiKey'],
    ['a key that is not a string', { apiKey: 5 }, 'apiKey'],
    ['a string instead of JSON', key, 'expected object'],
    ['nothing, as before an operator fills it in', null, 'expected object'],
  ])('a secret with %s is refused', (_what, json, field) => {
    expect(problemOf(json)).toContain(field);
  });

  it('the secret may hold the write key of the Segment source that results are reported to', () => {
    expect(parseMaveraCredentials({ apiKey: key, segmentWriteKey: ' wk_0123456789\n' })).toEqual({
      apiKey: key,
      segmentWriteKey: 'wk_0123456789',
    });
  });

  it.each([
    ['with a space inside', 'wk 0123456789'],
    ['beyond ASCII', 'schlüssel'],
    ['that is not a string', 5],
    ['that is not filled in', ''],
  ])('a Segment write key %s counts as absent, and the API key is still read', (_what, segmentWriteKey) => {
    expect(parseMaveraCredentials({ apiKey: key, segmentWriteKey })).toEqual({ apiKey: key });
  });

  it('the error message never contains the secret', () => {
    expect(problemOf({ apiKey: 'hun ter2' })).not.toContain('hun ter2');
    expect(problemOf('hunter2hunter2')).not.toContain('hunter2');
  });
});
