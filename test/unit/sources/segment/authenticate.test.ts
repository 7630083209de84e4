import { describe, expect, it } from 'vitest';
import { accepted, bearer, legacy, refused, secret, token, whole } from './segmentRequests.ts';
import { batchVector, eventVectors } from './signatureVectors.ts';

const event = '{"type":"track","messageId":"m-1"}';
const forged = '{"type":"track","messageId":"forged"}';

describe('a signed event', () => {
  it.each(eventVectors)('of $what is accepted by either header', ({ body, signature }) => {
    const events = [JSON.parse(body) as unknown];
    expect(accepted({ body, headers: { 'x-signature': signature } })).toEqual(events);
    expect(accepted({ body, headers: { 'x-segment-signature': signature } })).toEqual(events);
  });

  it('is accepted with the signature in upper-case hex', () => {
    const { 'x-signature': signature = '' } = legacy(event);
    expect(accepted({ body: event, headers: { 'x-signature': signature.toUpperCase() } })).toHaveLength(1);
  });

  it('is accepted with the new or the old secret, while both are in force', () => {
    const credentials = { sharedSecret: ['new-secret', 'old-secret'] };
    for (const key of credentials.sharedSecret) {
      expect(accepted({ body: event, headers: whole(event, key), credentials })).toHaveLength(1);
      expect(accepted({ body: event, headers: legacy(event, key), credentials })).toHaveLength(1);
    }
  });

  it('needs no bearer token, though one is configured', () => {
    const credentials = { bearerToken: [token] };
    expect(accepted({ body: event, headers: legacy(event), credentials })).toHaveLength(1);
  });

  it('is refused with another secret, and its secret may have been rotated', () => {
    for (const headers of [whole(event, 'another'), legacy(event, 'another')]) {
      expect(refused({ body: event, headers })).toMatchObject({
        status: 401,
        detail: expect.stringContaining('set the Shared Secret in Segment'),
        mayBeRotated: true,
      });
    }
  });

  it('is refused when a single byte has changed', () => {
    const changed = event.replace('m-1', 'm-2');
    expect(refused({ body: changed, headers: whole(event) }).status).toBe(401);
    expect(refused({ body: changed, headers: legacy(event) }).status).toBe(401);
  });

  it('is refused when no secret is configured', () => {
    expect(
      refused({ body: event, headers: legacy(event, ''), credentials: { sharedSecret: [] } }).status,
    ).toBe(401);
  });

  it('is judged only by X-Segment-Signature when both headers came', () => {
    expect(accepted({ body: event, headers: { ...whole(event), ...legacy(forged) } })).toHaveLength(1);
    expect(refused({ body: event, headers: { ...whole(forged), ...legacy(event) } }).status).toBe(401);
  });
});

describe('a request without a usable signature', () => {
  it('is refused when it has no signature, with the setting to change; a rotated secret would not explain it', () => {
    expect(refused({ body: event })).toMatchObject({
      status: 401,
      detail: expect.stringMatching(/not signed.*Shared Secret/),
      mayBeRotated: false,
    });
  });

  it.each([
    ['x-signature', 'X-Signature'],
    ['x-segment-signature', 'X-Segment-Signature'],
  ])('is refused when %s is malformed, with the header and where it is set', (name, display) => {
    for (const value of ['', 'spoof', 'sha1=af49b534f29f284a926d0866c84c54cf8c6d7326', 'ab'.repeat(32)]) {
      const { status, detail, mayBeRotated } = refused({ body: event, headers: { [name]: value } });
      expect({ status, mayBeRotated }).toEqual({ status: 401, mayBeRotated: false });
      expect(detail).toMatch(new RegExp(`^${display} is not 40 hex characters: .*mapping's Headers`));
    }
  });

  it.each(['x-signature', 'x-segment-signature'] as const)(
    'is refused when %s came twice, even when both are right',
    (name) => {
      const { [name]: signature = '' } = name === 'x-signature' ? legacy(event) : whole(event);
      for (const joined of [`${signature},${signature}`, `${signature}, ${'0'.repeat(40)}`]) {
        const { status, detail } = refused({ body: event, headers: { [name]: joined } });
        expect(status).toBe(401);
        expect(detail).toMatch(/came more than once: .*mapping's Headers/);
      }
    },
  );
});

describe('a refusal', () => {
  const { body, ofFirst } = batchVector;
  const credentials = { sharedSecret: [secret], bearerToken: [token] };

  it.each([
    ['no signature', {}],
    ['another signature', legacy('something else')],
    ['another whole signature', whole('something else')],
    ['a malformed signature', { 'x-signature': 'c3Bvb2ZlZA==' }],
    ['the first event signed, and a wrong token', { 'x-signature': ofFirst, ...bearer('wrong-token') }],
  ])('of %s is one sentence without a secret, a token, or the signature given', (_what, headers) => {
    const { detail } = refused({ body, headers, credentials });
    expect(detail).not.toContain('\n');
    for (const hidden of [secret, token, 'wrong-token', 'c3Bvb2ZlZA==', ...Object.values(headers)]) {
      expect(detail).not.toContain(hidden);
    }
    expect(detail).not.toMatch(/[0-9a-f]{40}/i);
  });
});
