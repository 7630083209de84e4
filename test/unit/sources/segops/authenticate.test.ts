import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  authenticateSegOps,
  isSignedBySegOps,
  segOpsSignature,
  signatureHeader,
} from '../../../../functions/sources/segops/authenticate.ts';
import { parseSegOpsCredentials } from '../../../../functions/sources/segops/credentials.ts';
import { signSegOpsRequest } from '../../../../functions/sources/segops/signRequest.ts';
import type { Authentication } from '../../../../functions/sources/source.ts';
import { anyObject } from '../../jsonArbitrary.ts';

const secret = 'webhook secret';
const credentials = parseSegOpsCredentials({ webhookSecret: [secret, 'the secret before'] });
const recomputed = {
  event: 'segment.recomputed',
  tenant_slug: 'acme',
  segment_id: 42,
  segment_name: 'High LTV Buyers',
  member_count: 1842,
  computed_at: '2026-05-02T14:32:00Z',
};

function authenticate(request: {
  readonly body: string | Uint8Array;
  readonly headers: Readonly<Record<string, string>>;
}): Authentication {
  const bytes = typeof request.body === 'string' ? Buffer.from(request.body, 'utf8') : request.body;
  return authenticateSegOps({ ...request, body: bytes }, credentials);
}

describe('a request of SegOps', () => {
  it.each([secret, 'the secret before'])('is accepted when it is signed with the secret "%s"', (key) => {
    expect(authenticate(signSegOpsRequest(recomputed, key))).toEqual({ ok: true, elements: [recomputed] });
  });

  it('is signed with "sha256=" and HMAC-SHA256 over the raw body', () => {
    // RFC 4231, test case 2.
    expect(segOpsSignature('what do ya want for nothing?', 'Jefe')).toBe(
      'sha256=5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843',
    );
  });

  it('is refused unsigned, because SegOps signs only if the webhook has a secret', () => {
    const { body } = signSegOpsRequest(recomputed, secret);
    expect(authenticate({ body, headers: {} })).toMatchObject({
      refusal: {
        status: 401,
        signature: 'missing',
        detail: expect.stringContaining('Settings > Webhooks'),
      },
    });
  });

  it.each(['', 'sha256=', 'sha256=ab', `sha1=${'a'.repeat(40)}`, 'a'.repeat(64), `sha256=${'x'.repeat(64)}`])(
    'is refused with the signature "%s", and nothing throws',
    (signature) => {
      const { body } = signSegOpsRequest(recomputed, secret);
      expect(authenticate({ body, headers: { [signatureHeader]: signature } })).toMatchObject({
        refusal: { status: 401, signature: 'wrong' },
      });
    },
  );

  it.each([
    ['', 'missing'],
    ['[]', 'right'],
    ['hello', 'right'],
    ['5', 'right'],
  ])('with the body "%s" that is signed is answered 400', (body, signature) => {
    const headers = { [signatureHeader]: segOpsSignature(body, secret) };
    expect(authenticate({ body, headers })).toMatchObject({ refusal: { status: 400, signature } });
  });

  it('counts as signed whatever its content, for the alarm on lost events', () => {
    const headers = { [signatureHeader]: segOpsSignature('hello', secret) };
    expect(isSignedBySegOps({ body: 'hello', headers }, credentials)).toBe(true);
    expect(isSignedBySegOps({ body: 'hullo', headers }, credentials)).toBe(false);
    expect(isSignedBySegOps({ body: 'hello', headers: {} }, credentials)).toBe(false);
  });
});

describe('a signed body of SegOps', () => {
  const signed = anyObject.map((event) => signSegOpsRequest(event, secret));

  it('is refused when one byte is another', () => {
    fc.assert(
      fc.property(signed, fc.nat(), fc.integer({ min: 1, max: 255 }), ({ body, headers }, at, change) => {
        const bytes = Buffer.from(body, 'utf8');
        const index = at % bytes.length;
        bytes[index] = (bytes[index] ?? 0) ^ change;
        expect(authenticate({ body: bytes, headers }).ok).toBe(false);
      }),
    );
  });

  it('is refused when it is cut or serialised in another way', () => {
    fc.assert(
      fc.property(signed, fc.nat(), ({ body, headers }, at) => {
        const bytes = Buffer.from(body, 'utf8');
        expect(authenticate({ body: bytes.subarray(0, at % bytes.length), headers }).ok).toBe(false);
        expect(authenticate({ body: JSON.stringify(JSON.parse(body), null, 1), headers }).ok).toBe(
          body === '{}',
        );
      }),
    );
  });

  it('is refused when it is signed with another secret', () => {
    fc.assert(
      fc.property(anyObject, fc.string(), (event, guess) => {
        fc.pre(!credentials.webhookSecret.includes(guess));
        expect(authenticate(signSegOpsRequest(event, guess)).ok).toBe(false);
      }),
    );
  });
});
