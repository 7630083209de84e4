import { describe, expect, it } from 'vitest';
import { signSegmentRequest } from '../../../functions/index.ts';
import { type StartedWorkspace, useWorkspace } from './startedWorkspace.ts';
import { useWebhook } from './webhook.ts';

const event = (name: string, members: object = {}): object => ({
  type: 'track',
  event: name,
  userId: 'u-1',
  ...members,
});

interface Sent {
  readonly headers: Readonly<Record<string, unknown>>;
  readonly payload: unknown;
}

/** A workspace with a destination and a mapping that sends track events to a webhook. */
async function connected(
  settings: object,
  mapping: object = {},
  webhook = useWebhook(200),
): Promise<StartedWorkspace & { readonly destinationId: string; sent(): readonly Sent[] }> {
  const { url, received } = await webhook;
  const started = await useWorkspace();
  const destinationId = await started.addDestination(settings);
  await started.addMapping(destinationId, { url, ...mapping });
  const sent = (): readonly Sent[] =>
    received.map(({ headers, body }) => ({ headers, payload: JSON.parse(body) }));
  return { ...started, destinationId, sent };
}

const names = (sent: readonly Sent[]): unknown =>
  sent.map(({ payload }) => (payload as { readonly event?: string }).event);

describe('a tracked event', () => {
  it('is delivered to the mappings that match it, with the members that Segment adds', async () => {
    const { track, sent } = await connected({});
    expect(await track(event('one'), { type: 'identify', userId: 'u-1' }, event('two'))).toBe(200);
    await expect.poll(() => sent().length).toBe(2);
    expect(sent().map(({ payload }) => payload)).toEqual(
      expect.arrayContaining(
        ['one', 'two'].map((name) => ({
          ...event(name),
          messageId: expect.any(String),
          timestamp: expect.any(String),
          receivedAt: expect.any(String),
          properties: {},
          context: {},
        })),
      ),
    );
  });

  it('keeps its own message id and time', async () => {
    const { track, sent } = await connected({});
    const own = { messageId: 'm-1', timestamp: '2026-01-02T03:04:05.000Z' };
    await track(event('one', own));
    await expect.poll(() => sent().map(({ payload }) => payload)).toMatchObject([own]);
  });

  it.each([
    [true, 'x-segment-signature' as const, 'x-signature'],
    [false, 'x-signature' as const, 'x-segment-signature'],
  ])('is signed with the real secret (newer signature: %s)', async (isNewer, header, other) => {
    const { track, sent } = await connected({ useSegmentSignatureHeader: isNewer });
    await track(event('one', { properties: { city: 'Zürich' } }));
    await expect.poll(() => sent().length).toBe(1);
    const { headers, payload } = sent()[0] ?? { headers: {}, payload: {} };
    const signed = signSegmentRequest({ payload: payload as object, secret: 'shared-secret', header });
    expect(headers).toMatchObject(signed.headers);
    expect(headers).not.toHaveProperty(other);
  });

  it('has the headers of the mapping, which replace the signature', async () => {
    const headers = { 'X-Team': 'growth', 'X-Signature': 'spoof' };
    const { track, sent } = await connected({}, { headers, method: 'PUT' });
    await track(event('one'));
    await expect
      .poll(() => sent().map((one) => one.headers))
      .toMatchObject([{ 'x-team': 'growth', 'x-signature': 'spoof' }]);
  });

  it('has a wrong signature after a masked secret was written back', async () => {
    const { call, track, sent, destinationId } = await connected({});
    const masked = { settings: { sharedSecret: '••••••••••cret' } };
    await call('PATCH', `/destinations/${destinationId}`, masked);
    await track(event('one'));
    await expect.poll(() => sent().length).toBe(1);
    const { headers, payload } = sent()[0] ?? { headers: {}, payload: {} };
    const signed = signSegmentRequest({
      payload: payload as object,
      secret: 'shared-secret',
      header: 'x-signature',
    });
    expect(headers['x-signature']).not.toBe(signed.headers['x-signature']);
  });

  it('is not delivered while destination or mapping are off, or after the mapping is deleted', async () => {
    const { track, sent, workspace, destinationId, addMapping } = await connected({});
    const [mapping] = workspace.subscriptions(destinationId);
    workspace.editDestination(destinationId, { enabled: false });
    await track(event('one'));
    workspace.editDestination(destinationId, { enabled: true });
    workspace.editSubscription(mapping?.id ?? '', { enabled: false });
    await track(event('two'));
    workspace.editSubscription(mapping?.id ?? '', { enabled: true, trigger: 'event = ""' });
    await track(event('three'));
    workspace.editSubscription(mapping?.id ?? '', { trigger: "type = 'track'" });
    await track(event('four'));
    workspace.editSubscription(mapping?.id ?? '', { trigger: 'type = "track"' });
    await track(event('five'));
    await expect.poll(() => names(sent())).toEqual(['five']);
    workspace.removeSubscription(mapping?.id ?? '');
    await track(event('six'));
    await addMapping(destinationId, mapping?.settings ?? {});
    await track(event('seven'));
    await expect.poll(() => names(sent())).toEqual(['five', 'seven']);
  });

  it('is delivered to the destinations of its source', async () => {
    const { url, received } = await useWebhook(200);
    const { addDestination, addMapping, track, workspace } = await useWorkspace({
      sources: [
        { id: 'src_other', slug: 'other', name: 'Other', writeKey: 'other-key' },
        { id: 'src_local', slug: 'website', name: 'Website', writeKey: 'local-write-key' },
      ],
    });
    await addMapping(await addDestination({}, 'src_other'), { url: `${url}/other` });
    await addMapping(await addDestination(), { url });
    await track(event('one'));
    await expect.poll(() => workspace.deliveries().length).toBe(1);
    expect(received.map((request) => request.url)).toEqual(['/segment']);
  });

  it('is not delivered if the workspace delivers nothing', async () => {
    const { url, received } = await useWebhook(200);
    const [silent, other] = [await useWorkspace({ deliver: false }), await useWorkspace()];
    for (const { addDestination, addMapping } of [silent, other]) {
      await addMapping(await addDestination(), { url });
    }
    expect(await silent.track(event('one'))).toBe(200);
    await other.track(event('two'));
    await expect.poll(() => other.workspace.deliveries().length).toBe(1);
    expect(received.map(({ body }) => JSON.parse(body).event)).toEqual(['two']);
    expect(silent.workspace.deliveries()).toEqual([]);
  });
});

describe('with batching', () => {
  it.each([
    [true, 'x-segment-signature' as const, 'whole' as const],
    [false, 'x-signature' as const, 'first' as const],
  ])('the signature covers what it covers at Segment (newer: %s)', async (isNewer, header, covered) => {
    const { track, sent } = await connected(
      { useSegmentSignatureHeader: isNewer },
      { enable_batching: true },
    );
    await track(event('one'), event('two'));
    await expect.poll(() => sent().length).toBe(1);
    const { headers, payload } = sent()[0] ?? { headers: {}, payload: [] };
    expect(payload).toMatchObject([event('one'), event('two')]);
    const [first] = payload as readonly object[];
    const whole = { whole: payload as readonly object[], first: first ?? {} }[covered];
    const signed = signSegmentRequest({ payload: whole, secret: 'shared-secret', header });
    expect(headers[header]).toBe(signed.headers[header]);
  });

  it('no batch is larger than its size, a number or a string', async () => {
    const { track, workspace } = await connected({}, { enable_batching: true, batch_size: '2' });
    await track(...['1', '2', '3', '4', '5'].map((name) => event(name)));
    const sizes = (): readonly number[] =>
      workspace
        .deliveries()
        .map(({ events }) => events)
        .sort();
    await expect.poll(sizes).toEqual([1, 2, 2]);
  });
});

describe('the payload of a mapping', () => {
  it('may be a part of the event, without the message id', async () => {
    const { track, sent } = await connected({}, { data: { '@path': '$.properties' } });
    await track(event('one', { properties: { plan: 'gold' } }));
    await expect.poll(() => sent().map(({ payload }) => payload)).toEqual([{ plan: 'gold' }]);
  });

  it('may be built from parts', async () => {
    const data = { uid: { '@path': '$.userId' }, none: { '@path': '$.groupId' }, source: 'web' };
    const { track, sent } = await connected({}, { data });
    await track(event('one'));
    await expect.poll(() => sent().map(({ payload }) => payload)).toEqual([{ uid: 'u-1', source: 'web' }]);
  });

  it('is null in a batch if the event lacks the part, and never sent if it is not an object', async () => {
    const data = { '@path': '$.properties.order' };
    const { track, sent } = await connected({}, { data, enable_batching: true });
    const order = (value: unknown): object => event('one', { properties: { order: value } });
    await track(order({ id: 1 }), event('two'), order(['text']), order('text'));
    await expect.poll(() => sent().map(({ payload }) => payload)).toEqual([[{ id: 1 }, null]]);
  });
});

describe('a webhook that refuses', () => {
  it('gets the event again after 503, until it accepts', async () => {
    const { track, workspace, sent } = await connected({}, {}, useWebhook(503, 503, 200));
    await track(event('one'));
    const statuses = (): unknown => workspace.deliveries().map(({ status }) => status);
    await expect.poll(statuses).toEqual([503, 503, 200]);
    const ids = sent().map(({ payload }) => (payload as { readonly messageId?: string }).messageId);
    expect(new Set(ids).size).toBe(1);
  });

  it.each([401, 501])('does not get the event again after %i', async (status) => {
    // The first event would be repeated before the second one is delivered.
    const { track, sent } = await connected({}, {}, useWebhook(status, 503, 503, 200));
    await track(event('one'));
    await expect.poll(() => sent().length).toBe(1);
    await track(event('two'));
    await expect.poll(() => names(sent())).toEqual(['one', 'two', 'two', 'two']);
  });

  it('delays neither other mappings nor the stop', async () => {
    const { track, workspace, addMapping, destinationId } = await connected({}, {}, useWebhook(503));
    const other = await useWebhook(200);
    await addMapping(destinationId, { url: other.url });
    await track(event('one'));
    await expect.poll(() => other.received.length).toBe(1);
    await workspace.stop();
    expect(workspace.deliveries().map(({ status }) => status)).toContain(503);
  });
});

it('a setting by hand that cannot be sent is a delivery without an answer', async () => {
  const { track, workspace, destinationId } = await connected({});
  const [mapping] = workspace.subscriptions(destinationId);
  workspace.editSubscription(mapping?.id ?? '', { settings: { url: 'nowhere' } });
  await track(event('one'));
  await expect
    .poll(() => workspace.deliveries())
    .toEqual([{ url: 'nowhere', subscription: 'Send', status: undefined, events: 1 }]);
});

it('the Tracking API has only the batch', async () => {
  const { workspace } = await useWorkspace();
  const get = await fetch(`${workspace.trackingUrl}/batch`);
  const track = await fetch(`${workspace.trackingUrl}/track`, { method: 'POST', body: '{}' });
  expect([get.status, track.status]).toEqual([404, 404]);
  expect(workspace.requests()).toEqual([]);
});
