import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { signSegmentRequest } from '../../../../functions/sources/segment/signRequest.ts';
import { segmentSignature } from '../../../../functions/sources/segment/source.ts';
import { anyJson, anyObject } from '../../jsonArbitrary.ts';
import { accepted, authenticate, bearer, secret, token } from './segmentRequests.ts';

const credentials = { sharedSecret: [secret, 'old-secret'], bearerToken: [token] };
const header = fc.constantFrom('x-signature' as const, 'x-segment-signature' as const);
const aBody = fc.oneof(
  fc.uint8Array({ maxLength: 64 }),
  anyJson.map((json) => Buffer.from(JSON.stringify(json), 'utf8')),
  fc.array(anyObject, { maxLength: 3 }).map((events) => Buffer.from(JSON.stringify(events), 'utf8')),
);

describe('a sender that does not know the secret', () => {
  const madeUp = fc.oneof(
    fc.string(),
    fc.string({ unit: fc.constantFrom(...'0123456789abcdefABCDEF'), minLength: 40, maxLength: 40 }),
  );

  it('is never accepted with a made-up signature, and nothing throws', () => {
    const headers = fc.record(
      {
        'x-signature': madeUp,
        'x-segment-signature': madeUp,
        authorization: fc.constantFrom(`Bearer ${token}`, 'Bearer x', ''),
      },
      { requiredKeys: [] },
    );
    fc.assert(
      fc.property(aBody, headers, fc.boolean(), (body, given, allowFirstEventSignature) => {
        const attempt = { body, headers: given, credentials, allowFirstEventSignature };
        expect(authenticate(attempt).ok).toBe(false);
      }),
      { numRuns: 500 },
    );
  });

  it('is never accepted with a signature of another secret, the right bearer token and all settings', () => {
    fc.assert(
      fc.property(aBody, fc.string(), header, (body, guess, name) => {
        fc.pre(!credentials.sharedSecret.includes(guess));
        const headers = { [name]: segmentSignature(body, guess), ...bearer() };
        const authentication = authenticate({ body, headers, credentials, allowFirstEventSignature: true });
        expect(authentication.ok).toBe(false);
      }),
    );
  });

  it('never gets a refusal that would help', () => {
    fc.assert(
      fc.property(aBody, madeUp, header, (body, given, name) => {
        const authentication = authenticate({ body, headers: { [name]: given }, credentials });
        const detail = authentication.ok ? '' : authentication.refusal.detail;
        expect(detail).not.toContain(secret);
        expect(detail).not.toContain(token);
        expect(given.length < 40 || !detail.includes(given)).toBe(true);
      }),
    );
  });
});

describe('what Segment signs', () => {
  const reachesNoPrototype = (text: string): boolean => !/__proto__|constructor/.test(text);

  it('is always accepted when it is one event, and unchanged', () => {
    fc.assert(
      fc.property(anyObject, header, fc.constantFrom(...credentials.sharedSecret), (event, name, key) => {
        const { body, headers } = signSegmentRequest({ payload: event, secret: key, header: name });
        fc.pre(reachesNoPrototype(body));
        expect(accepted({ body, headers, credentials })).toEqual([event]);
      }),
      { numRuns: 300 },
    );
  });

  it('is always accepted when it is a batch that is signed as a whole, or comes with the bearer token', () => {
    fc.assert(
      fc.property(fc.array(anyObject, { minLength: 1, maxLength: 4 }), header, (events, name) => {
        const signed = signSegmentRequest({ payload: events, secret, header: name, bearerToken: token });
        fc.pre(reachesNoPrototype(signed.body));
        expect(accepted({ ...signed, credentials })).toEqual(events);
      }),
      { numRuns: 300 },
    );
  });

  it('is refused as soon as one byte of it has changed', () => {
    fc.assert(
      fc.property(anyObject, header, fc.nat(), fc.integer({ min: 1, max: 255 }), (event, name, at, flip) => {
        const { body, headers } = signSegmentRequest({ payload: event, secret, header: name });
        const bytes = Buffer.from(body, 'utf8');
        const index = at % bytes.length;
        bytes[index] = (bytes[index] ?? 0) ^ flip;
        expect(authenticate({ body: bytes, headers }).ok).toBe(false);
      }),
    );
  });
});
