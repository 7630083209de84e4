import { generateKeyPairSync } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { describeSchemaError, isSchemaError } from '../../../../functions/schema/schemaError.ts';
import { parseSendGridCredentials } from '../../../../functions/sources/sendgrid/credentials.ts';
import { addressKey, newKeys } from './sendGridRequests.ts';

const { publicKey } = newKeys();

function problemOf(secret: unknown): string {
  try {
    parseSendGridCredentials(secret);
  } catch (error) {
    return isSchemaError(error) ? describeSchemaError(error) : `${error}`;
  }
  throw new Error('the secret was read');
}

describe("SendGrid's secret", () => {
  it('has one public key or several, and the key for addresses', () => {
    expect(parseSendGridCredentials({ publicKey, addressKey })).toMatchObject({ addressKey });
    const several = { publicKey: [publicKey, newKeys().publicKey], addressKey };
    expect(parseSendGridCredentials(several).publicKey).toHaveLength(2);
  });

  it.each([
    ['no public key', { addressKey }, 'publicKey'],
    ['an empty list', { publicKey: [], addressKey }, 'publicKey'],
    ['text that is not a key', { publicKey: 'c2VjcmV0LXRleHQ=', addressKey }, 'publicKey'],
    ['a key of another curve', { publicKey: keyOf('secp384r1'), addressKey }, 'publicKey'],
    ['no key for addresses', { publicKey }, 'addressKey'],
    ['a short key for addresses', { publicKey, addressKey: 'short' }, 'addressKey'],
  ])('cannot have %s, and the problem names the field and not the value', (_what, secret, field) => {
    const problem = problemOf(secret);
    expect(problem).toContain(field);
    expect(problem).not.toMatch(/c2VjcmV0|short\b/);
  });
});

function keyOf(namedCurve: string): string {
  const keys = generateKeyPairSync('ec', { namedCurve });
  return keys.publicKey.export({ format: 'der', type: 'spki' }).toString('base64');
}
