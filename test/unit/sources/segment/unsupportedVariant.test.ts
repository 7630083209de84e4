import { describe, expect, it } from 'vitest';
import { accepted, legacy, refused, secret, whole } from './segmentRequests.ts';

const event = {
  type: 'track',
  event: 'plan_upgraded',
  messageId: 'm-1',
  properties: { a: '},{', b: [1, { c: 2 }] },
};
const json = JSON.stringify(event);

/** Bodies as the code of Segment's destinations makes them: what is signed, and what is sent. */
const extended = JSON.stringify({ ...event, space: 'eu', list: { id: 7 } });
const wrappedBatch = JSON.stringify([{ json: event }, { json: { ...event, messageId: 'm-2' } }]);

describe('the destination Extensible Webhook', () => {
  it('is accepted with single events as JSON, whatever token its Authorization header has', () => {
    const headers = { ...legacy(json), authorization: 'Bearer its-own-oauth-token' };
    expect(accepted({ body: json, headers })).toEqual([event]);
  });

  it('is refused with a batch, with the name of the destination and what to do', () => {
    expect(refused({ body: wrappedBatch, headers: legacy(json) })).toMatchObject({
      status: 401,
      signature: 'wrong',
      mayBeRotated: false,
      detail: expect.stringMatching(/batch of the destination Extensible Webhook.*turn batching off/),
    });
  });

  it('is refused with a form-encoded body, with the name of the destination and what to do', () => {
    const headers = { ...legacy(json), 'content-type': 'application/x-www-form-urlencoded;charset=UTF-8' };
    expect(refused({ body: 'type=track&event=plan_upgraded', headers }).detail).toMatch(
      /form-encoded.*remove the header Content-Type.*Extensible Webhook/,
    );
  });
});

describe('the destination Webhook Audiences', () => {
  it('is accepted without extra fields', () => {
    expect(accepted({ body: json, headers: legacy(json) })).toEqual([event]);
  });

  it.each([legacy(json), whole(json)])(
    'is refused with extra fields, with its name and what to do',
    (headers) => {
      expect(refused({ body: extended, headers })).toMatchObject({
        status: 401,
        signature: 'wrong',
        mayBeRotated: false,
        detail: expect.stringMatching(
          /destination Webhook Audiences adds the extra JSON fields.*Remove them/,
        ),
      });
    },
  );
});

describe('a call of Webhook Audiences to create or look up an audience', () => {
  it.each(['{"space":"eu","audienceName":"a \\"b\\""}', '{"externalId":"x-1"}'])(
    'is told what it is: %s',
    (body) => {
      expect(refused({ body })).toMatchObject({
        status: 401,
        signature: 'missing',
        detail: expect.stringMatching(
          /Webhook Audiences to create or look up an audience.*clear the two URLs/,
        ),
      });
    },
  );
});

describe('a wrong signature', () => {
  it('is not taken for another destination of Segment', () => {
    for (const body of [wrappedBatch, extended, json]) {
      for (const headers of [legacy(json, 'another'), whole(json, `${secret} `)]) {
        expect(refused({ body, headers }).detail).toContain('does not match the body');
      }
    }
  });

  it('costs little, whatever the body looks like', () => {
    const bodies = ['{', ',', '{"a":1,', '[{"json":'].map(
      (part) => `{${part.repeat(1_000_000 / part.length)}`,
    );
    for (const body of [...bodies, `{${',"a":1'.repeat(5_000)}}`]) {
      expect(refused({ body, headers: whole(json) }).detail).toContain('does not match the body');
    }
  });
});
