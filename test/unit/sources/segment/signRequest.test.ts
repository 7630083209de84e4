import { describe, expect, it } from 'vitest';
import { signSegmentRequest } from '../../../../functions/sources/segment/signRequest.ts';

const secret = 'shared-secret';
const event = { type: 'track', event: 'plan_upgraded', messageId: 'm-1' };
const signature = 'af49b534f29f284a926d0866c84c54cf8c6d7326';

describe('the public signer', () => {
  it("sends what Segment's webhook sends", () => {
    expect(signSegmentRequest({ payload: event, secret })).toEqual({
      body: '{"type":"track","event":"plan_upgraded","messageId":"m-1"}',
      headers: {
        'content-type': 'application/json',
        'user-agent': 'Segment (Actions)',
        'x-segment-signature': signature,
      },
    });
  });

  it("adds a mapping's bearer token", () => {
    const { headers } = signSegmentRequest({ payload: event, secret, bearerToken: 'token-1' });
    expect(headers.authorization).toBe('Bearer token-1');
  });

  it('signs an empty object, as Segment does', () => {
    expect(signSegmentRequest({ payload: {}, secret }).headers).toHaveProperty('x-segment-signature');
  });

  it('signs nothing when the first element of a batch is null, as Segment does', () => {
    const { body, headers } = signSegmentRequest({ payload: [null, event], secret, header: 'x-signature' });
    expect(body).toBe(`[null,${JSON.stringify(event)}]`);
    expect(headers).not.toHaveProperty('x-signature');
    expect(headers).not.toHaveProperty('x-segment-signature');
  });

  it('signs nothing in X-Signature when the batch is empty', () => {
    const { headers } = signSegmentRequest({ payload: [], secret, header: 'x-signature' });
    expect(headers).not.toHaveProperty('x-signature');
  });
});
