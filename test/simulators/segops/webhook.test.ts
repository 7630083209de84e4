import { createHmac } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { useWebhookReceiver } from '../webhookReceiver.ts';
import { useSegOps } from './segOps.ts';

const secret = 'of-the-webhook';

describe('the webhook of SegOps', () => {
  it('posts each computation of a segment, signed over the raw body', async () => {
    const { url, posts } = await useWebhookReceiver(200);
    const nowMs = Date.parse('2026-05-02T14:32:00.500Z');
    const { segops } = await useSegOps({ webhooks: [{ url, secret }], now: () => nowMs });
    expect(await segops.recompute(42, ['u_1', 'u_2'])).toMatchObject([{ status: 200 }]);
    const [post] = posts;
    expect(JSON.parse(post?.body ?? '')).toEqual({
      event: 'segment.recomputed',
      tenant_slug: 'acme',
      segment_id: 42,
      segment_name: 'High LTV Buyers',
      member_count: 2,
      computed_at: '2026-05-02T14:32:00Z',
    });
    const signature = createHmac('sha256', secret)
      .update(post?.body ?? '')
      .digest('hex');
    expect(post?.headers['x-segops-signature']).toBe(`sha256=${signature}`);
  });

  it('is not signed without a secret', async () => {
    const { url, posts } = await useWebhookReceiver(200);
    const { segops } = await useSegOps();
    segops.addWebhook({ url });
    await segops.recompute(57);
    expect(posts[0]?.headers).not.toHaveProperty('x-segops-signature');
  });

  it('is posted once to each active webhook, whatever the answer', async () => {
    const failing = await useWebhookReceiver(503);
    const off = await useWebhookReceiver(200);
    const well = await useWebhookReceiver(200);
    const { segops } = await useSegOps({
      webhooks: [{ url: failing.url }, { url: off.url, isActive: false }, { url: well.url }],
    });
    expect(await segops.recompute(57)).toMatchObject([{ status: 503 }, { status: 200 }]);
    expect([failing, off, well].map(({ posts }) => posts.length)).toEqual([1, 0, 1]);
  });

  it('is posted after a computation by the API and by the control endpoint', async () => {
    const { url, posts } = await useWebhookReceiver(200);
    const { segops, call } = await useSegOps({ webhooks: [{ url, secret }] });
    expect(await call('POST', '/segments/42/compute/')).toMatchObject({
      status: 202,
      body: { status: 'queued' },
    });
    await expect.poll(() => posts).toHaveLength(1);
    const control = `${new URL(segops.baseUrl).origin}/__simulator/recompute`;
    const recompute = (segment: number): Promise<Response> =>
      fetch(control, { method: 'POST', body: JSON.stringify({ segment }) });
    expect(await (await recompute(57)).json()).toMatchObject({ posts: [{ status: 200 }] });
    expect((await recompute(43)).status).toBe(400);
    expect(posts).toHaveLength(2);
  });
});
