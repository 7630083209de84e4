import { describe, expect, it } from 'vitest';
import { accepted, bearer, legacy, refused, token, whole } from './segmentRequests.ts';
import { batchVector } from './signatureVectors.ts';

const event = '{"type":"track","messageId":"m-1"}';
const forged = '{"type":"track","messageId":"forged"}';

describe('a batch signed as a whole', () => {
  const { events, body, ofWhole } = batchVector;

  it('is accepted by X-Segment-Signature', () => {
    expect(accepted({ body, headers: { 'x-segment-signature': ofWhole } })).toEqual(events);
  });

  it('is accepted by X-Signature too, in case Segment signs all of it one day', () => {
    expect(accepted({ body, headers: { 'x-signature': ofWhole } })).toEqual(events);
  });

  it('is not accepted when X-Segment-Signature covers only the first event, with any other settings', () => {
    const attempt = { body, headers: { 'x-segment-signature': batchVector.ofFirst, ...bearer() } };
    const credentials = { bearerToken: [token] };
    expect(refused({ ...attempt, credentials, allowFirstEventSignature: true }).status).toBe(401);
  });

  it('is accepted with 10,000 events, and refused with 400 with more, though it is signed', () => {
    const batchOf = (count: number): string => `[${Array.from({ length: count }, () => '{}').join(',')}]`;
    const largest = batchOf(10_000);
    const tooLarge = batchOf(10_001);
    expect(accepted({ body: largest, headers: whole(largest) })).toHaveLength(10_000);
    for (const headers of [whole(tooLarge), legacy(tooLarge), legacy('{}')]) {
      expect(refused({ body: tooLarge, headers, allowFirstEventSignature: true })).toEqual({
        status: 400,
        signature: 'right',
        detail: 'The batch has more than 10,000 events: lower the Batch Size of the mapping',
        mayBeRotated: false,
      });
    }
  });

  it('keeps its null elements, so that the receiver counts them', () => {
    const withNull = `[null,${event}]`;
    expect(accepted({ body: withNull, headers: whole(withNull) })).toEqual([null, JSON.parse(event)]);
  });
});

describe('a batch of which only the first event is signed', () => {
  const { events, body, ofFirst } = batchVector;
  const headers = { 'x-signature': ofFirst };
  const credentials = { bearerToken: [token] };

  it('is refused, with every setting that would help', () => {
    const { status, detail } = refused({ body, headers });
    expect(status).toBe(401);
    expect(detail).toContain('only the first event');
    expect(detail).toContain('"Use X-Segment-Signature Header"');
    expect(detail).toContain('"Authorization: Bearer <token>"');
    expect(detail).toContain('turn batching off');
  });

  it('is refused with a wrong token, with where it is set', () => {
    const { detail } = refused({ body, headers: { ...headers, ...bearer('another-token') }, credentials });
    expect(detail).toBe(
      'X-Signature covers only the first event of this batch, and the token of its Authorization header is not ' +
        "this receiver's: correct it in the mapping's Headers",
    );
  });

  it("is accepted with the mapping's bearer token", () => {
    expect(accepted({ body, headers: { ...headers, ...bearer() }, credentials })).toEqual(events);
  });

  it.each(['bearer', 'BEARER', 'Bearer  '])('is accepted with the scheme written "%s"', (scheme) => {
    const authorization = `${scheme} ${token}`;
    expect(accepted({ body, headers: { ...headers, authorization }, credentials })).toEqual(events);
  });

  it('is accepted with whitespace after the token', () => {
    expect(accepted({ body, headers: { ...headers, ...bearer(`${token}\t `) }, credentials })).toEqual(
      events,
    );
  });

  it('is accepted with the new or the old token, while both are in force', () => {
    const rotating = { bearerToken: ['new-token', 'old-token'] };
    for (const given of rotating.bearerToken) {
      const attempt = { body, headers: { ...headers, ...bearer(given) }, credentials: rotating };
      expect(accepted(attempt)).toEqual(events);
    }
  });

  it.each([
    ['no Authorization', {}],
    ['another token', bearer('mapping-token-2')],
    ['the beginning of the token', bearer(token.slice(0, -1))],
    ['the token and more', bearer(`${token}1`)],
    ['an empty token', { authorization: 'Bearer ' }],
    ['the token without its scheme', { authorization: token }],
    ['more before the scheme', { authorization: `Basic Bearer ${token}` }],
    ['another scheme', { authorization: `Basic ${token}` }],
    ['the token twice, joined by a comma', { authorization: `Bearer ${token}, Bearer ${token}` }],
  ])('is refused with %s, and its token may have been rotated', (_what, given) => {
    const refusal = refused({ body, headers: { ...headers, ...given }, credentials });
    expect(refusal).toMatchObject({ status: 401, mayBeRotated: true });
  });

  it('is refused with a token when none is configured', () => {
    expect(refused({ body, headers: { ...headers, ...bearer() } }).status).toBe(401);
    expect(refused({ body, headers: { ...headers, ...bearer('undefined') } }).status).toBe(401);
  });

  it('is accepted without a token when the operator allows it', () => {
    expect(accepted({ body, headers, allowFirstEventSignature: true })).toEqual(events);
  });

  it('is refused when its first event is not the signed one, also with the token and the setting', () => {
    const attempt = { body: `[${forged},${event}]`, headers: { ...legacy(event), ...bearer() }, credentials };
    expect(refused({ ...attempt, allowFirstEventSignature: true })).toMatchObject({
      status: 401,
      detail: expect.stringContaining('X-Signature does not match the body'),
    });
  });

  it('is accepted when it has one element: `{e}` and `[{e}]` carry the same signature', () => {
    expect(accepted({ body: event, headers: legacy(event) })).toEqual([JSON.parse(event)]);
    expect(accepted({ body: `[${event}]`, headers: legacy(event) })).toEqual([JSON.parse(event)]);
  });

  it('is refused when a forged event follows an event that was captured alone', () => {
    expect(refused({ body: `[${event},${forged}]`, headers: legacy(event) }).status).toBe(401);
    expect(refused({ body: `[${event},null]`, headers: legacy(event) }).status).toBe(401);
  });
});
