import { describe, expect, it } from 'vitest';
import { currentSecrets } from '../../../cli/connect/session.ts';
import { parseSegmentCredentials } from '../../../functions/sources/segment/credentials.ts';

const startedAt = '2026-11-21T12:00:00.000Z';
const fingerprint = '000000000000';
const both = { sharedSecret: ['new', 'old'], bearerToken: 'token' };

function inUse(members: Readonly<Record<string, unknown>>): ReturnType<typeof currentSecrets> {
  return currentSecrets({ members, credentials: parseSegmentCredentials(members), changedAtMs: 0 });
}

describe('the values that Segment should use', () => {
  it('are the first of each', () => {
    const none = { sharedSecret: [], bearerToken: [] };
    expect(inUse(both)).toEqual({ sharedSecret: 'new', bearerToken: 'token', alsoValid: none });
    expect(inUse({ sharedSecret: 'only' })).toEqual({
      sharedSecret: 'only',
      bearerToken: undefined,
      alsoValid: none,
    });
  });

  it('are the old one while receivers may not know the new one, and both are accepted', () => {
    expect(inUse({ ...both, rotation: { what: 'sharedSecret', fingerprint, startedAt } })).toEqual({
      sharedSecret: 'old',
      bearerToken: 'token',
      alsoValid: { sharedSecret: ['new', 'old'], bearerToken: [] },
    });
    expect(inUse({ ...both, rotation: { what: 'bearerToken', fingerprint, startedAt } })).toMatchObject({
      sharedSecret: 'new',
      bearerToken: 'token',
    });
  });

  it('are only the new one after Segment got it', () => {
    expect(
      inUse({ ...both, rotation: { what: 'sharedSecret', fingerprint, startedAt, switchedAt: startedAt } }),
    ).toMatchObject({ sharedSecret: 'new', alsoValid: { sharedSecret: [] } });
  });
});
