import { describe, expect, it } from 'vitest';
import {
  askMave,
  defineTriggers,
  signSegmentRequest,
  signSegOpsRequest,
  signSendGridRequest,
} from '../../functions/index.ts';
import { trial } from '../../testing/index.ts';

const ask = askMave(({ event }) => ({ message: `Why ${event.event}?` }));
const churn = { type: 'track', event: 'churn_signal', userId: 'u-1', messageId: 'm-1' } as const;
const recomputed = {
  event: 'segment.recomputed',
  tenant_slug: 'acme',
  segment_id: 42,
  computed_at: '2026-01-05T08:59:00Z',
};
const triggers = defineTriggers([
  { name: 'churn', when: 'type = "track" and event = "churn_signal"', run: ask },
  { name: 'churn-eu', when: 'type = "track" and event = "churn_signal"', route: 'eu', run: ask },
  { name: 'clicked', source: 'sendgrid', when: 'event = "Email Link Clicked"', run: ask },
  { name: 'recomputed', source: 'segops', when: 'event = "Segment Recomputed"', run: ask },
]);

describe('the receiver in a trial', () => {
  it('signed events are taken alone and in a batch, each once', async () => {
    await using run = await trial(triggers);
    const secret = run.sharedSecret;
    const events = [
      churn,
      { ...churn, messageId: 'm-2' },
      { type: 'track', event: 'other', messageId: 'm-3' },
    ];
    const batch = signSegmentRequest({ payload: events, secret });
    expect(await run.post(batch)).toMatchObject({
      status: 200,
      body: { received: 3, queued: 2, duplicates: 0, ignored: 1, invalid: 0 },
    });
    expect(await run.post(batch)).toMatchObject({
      body: { received: 3, queued: 0, duplicates: 2, ignored: 1 },
    });
    expect((await run.post(signSegmentRequest({ payload: churn, secret }))).body).toMatchObject({
      duplicates: 1,
    });
    expect(run.of('churn')).toHaveLength(2);
    expect(run.events).toMatchObject({ received: 7, queued: 2, duplicates: 3, ignored: 2 });
  });

  it('an unsigned post is refused with 401, and so is one with another secret', async () => {
    await using run = await trial(triggers);
    const { body } = signSegmentRequest({ payload: churn, secret: 'another secret' });
    expect(await run.post({ body, headers: {} })).toMatchObject({
      status: 401,
      body: { detail: expect.any(String) },
    });
    const forged = signSegmentRequest({ payload: churn, secret: 'another secret' });
    expect((await run.post(forged)).status).toBe(401);
    expect(run.runs).toEqual([]);
  });

  it('a trigger with a route gets the events of that route only', async () => {
    await using run = await trial(triggers);
    await run.send(churn, { route: 'eu' });
    expect(run.runs.map(({ trigger }) => trigger)).toEqual(['churn', 'churn-eu']);
    const signed = signSegmentRequest({ payload: churn, secret: run.sharedSecret });
    expect((await run.post(signed, '/segment/us')).body).toMatchObject({ queued: 1 });
    expect(run.of('churn-eu')).toHaveLength(1);
  });

  it('events of SendGrid and SegOps start runs', async () => {
    await using run = await trial(triggers);
    const click = { event: 'click', email: 'a@example.com', timestamp: 1_767_603_600, sg_event_id: 'e-1' };
    await run.send([click, { ...click, event: 'open', sg_event_id: 'e-2' }], { source: 'sendgrid' });
    await run.send(recomputed, { source: 'segops' });
    expect(run.runs.map(({ trigger }) => trigger)).toEqual(['clicked', 'recomputed']);
    expect(run.events).toMatchObject({ received: 3, queued: 2, ignored: 1 });
  });

  it('requests that a test signs as SendGrid and SegOps do are taken', async () => {
    await using run = await trial(triggers);
    const { sendgrid, segopsSecret } = run.secrets;
    const events = [{ event: 'click', email: 'a@example.com', sg_event_id: 'e-1' }];
    const signed = signSendGridRequest({
      events,
      privateKey: sendgrid.privateKey,
      signedAtMs: run.now.getTime(),
    });
    expect((await run.post(signed, '/sendgrid')).status).toBe(200);
    const signedRecomputed = signSegOpsRequest(recomputed, segopsSecret);
    expect((await run.post(signedRecomputed, '/segops')).status).toBe(200);
    expect(run.runs).toHaveLength(2);
  });

  it('a source that no trigger names is closed', async () => {
    await using run = await trial(defineTriggers([{ name: 'churn', when: 'type = "track"', run: ask }]));
    expect((await run.post({ body: '[]', headers: {} }, '/sendgrid')).status).toBe(404);
  });
});
