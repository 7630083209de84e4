import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { signatureHeader, timestampHeader } from '../../../../functions/sources/sendgrid/authenticate.ts';
import { signSendGridRequest } from '../../../../functions/sources/sendgrid/signRequest.ts';
import { otherSignature } from '../../../../lab/prove/otherSignature.ts';
import { anyObject } from '../../jsonArbitrary.ts';
import { authenticate, credentialsOf, newKeys, nowMs } from './sendGridRequests.ts';

const keys = newKeys();
const credentials = credentialsOf(newKeys().publicKey, keys.publicKey);
const signed = fc
  .array(anyObject, { minLength: 1, maxLength: 3 })
  .map((events) => signSendGridRequest({ events, privateKey: keys.privateKey, signedAtMs: nowMs }));

describe('a signed body of SendGrid', () => {
  it('is accepted as it came', () => {
    fc.assert(
      fc.property(signed, (request) => {
        expect(authenticate(request, credentials).ok).toBe(true);
      }),
    );
  });

  it('is refused when one byte is another', () => {
    fc.assert(
      fc.property(signed, fc.nat(), fc.integer({ min: 1, max: 255 }), ({ body, headers }, at, change) => {
        const bytes = Buffer.from(body, 'utf8');
        const index = at % bytes.length;
        bytes[index] = (bytes[index] ?? 0) ^ change;
        expect(authenticate({ body: bytes, headers }, credentials)).toMatchObject({
          refusal: { status: 401 },
        });
      }),
    );
  });

  it('is refused when it is cut, also to nothing', () => {
    fc.assert(
      fc.property(signed, fc.nat(), ({ body, headers }, at) => {
        const bytes = Buffer.from(body, 'utf8');
        const cut = bytes.subarray(0, at % bytes.length);
        expect(authenticate({ body: cut, headers }, credentials).ok).toBe(false);
      }),
    );
  });

  it('is refused when it is serialised again', () => {
    fc.assert(
      fc.property(signed, ({ body, headers }) => {
        const again = JSON.stringify(JSON.parse(body));
        expect(authenticate({ body: again, headers }, credentials).ok).toBe(false);
      }),
    );
  });

  it('is refused with another timestamp, which is signed too', () => {
    fc.assert(
      fc.property(signed, fc.integer({ min: 1, max: 60 }), ({ body, headers }, seconds) => {
        const timestamp = `${Number(headers[timestampHeader]) + seconds}`;
        const changed = { ...headers, [timestampHeader]: timestamp };
        expect(authenticate({ body, headers: changed }, credentials).ok).toBe(false);
      }),
    );
  });

  it('is refused when the boundary between timestamp and body moves', () => {
    fc.assert(
      fc.property(signed, ({ body, headers }) => {
        const timestamp = headers[timestampHeader] ?? '';
        const moved = { ...headers, [timestampHeader]: timestamp.slice(0, -1) };
        expect(authenticate({ body: timestamp.slice(-1) + body, headers: moved }, credentials).ok).toBe(
          false,
        );
      }),
    );
  });

  it('has a second valid signature, so that no signature may tell duplicates apart', () => {
    fc.assert(
      fc.property(signed, ({ body, headers }) => {
        const other = otherSignature(headers[signatureHeader] ?? '');
        expect(other).not.toBe(headers[signatureHeader]);
        expect(
          authenticate({ body, headers: { ...headers, [signatureHeader]: other } }, credentials),
        ).toEqual(authenticate({ body, headers }, credentials));
      }),
    );
  });
});

describe('a sender that does not have the private key', () => {
  it('is never accepted with a made-up signature, and nothing throws', () => {
    const madeUp = fc.oneof(
      fc.string(),
      fc.base64String({ minLength: 8, maxLength: 100 }),
      fc.uint8Array({ maxLength: 72 }).map((bytes) => Buffer.from(bytes).toString('base64')),
    );
    const time = fc.oneof(fc.string(), fc.constant(`${nowMs / 1000}`));
    fc.assert(
      fc.property(fc.uint8Array(), madeUp, time, (body, signature, timestamp) => {
        const headers = { [signatureHeader]: signature, [timestampHeader]: timestamp };
        expect(authenticate({ body, headers }, credentials).ok).toBe(false);
      }),
      { numRuns: 500 },
    );
  });

  it('is never accepted with a signature of another key', () => {
    const { privateKey } = newKeys();
    fc.assert(
      fc.property(fc.array(anyObject), (events) => {
        const request = signSendGridRequest({ events, privateKey, signedAtMs: nowMs });
        expect(authenticate(request, credentials).ok).toBe(false);
      }),
    );
  });
});
