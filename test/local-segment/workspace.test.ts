import { createServer, type IncomingHttpHeaders, type Server } from 'node:http';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { signSegmentRequest } from '../../functions/index.ts';
import { closeServer, listen } from '../../local/http/listen.ts';
import { readBody } from '../../local/http/readBody.ts';
import { sendActionId, webhooksMetadataId } from '../../local/segment/workspace/catalog.ts';
import {
  type SegmentWorkspace,
  startSegmentWorkspace,
  type WorkspaceOptions,
} from '../../local/segment/workspace/workspace.ts';
import { localSecrets } from '../../local/system/systemOptions.ts';

interface Received {
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

let workspace: SegmentWorkspace;
let webhook: Server;
let webhookUrl = '';
let received: Received[] = [];
let statuses: number[] = [];

beforeEach(async () => {
  received = [];
  statuses = [];
  webhook = createServer((incoming, response) => {
    void readBody(incoming).then((body) => {
      received.push({ headers: incoming.headers, body: body.toString('utf8') });
      response.writeHead(statuses.shift() ?? 200).end('{}');
    });
  });
  webhookUrl = `http://127.0.0.1:${await listen(webhook, 0)}/segment`;
});

afterEach(async () => {
  await workspace.stop();
  await closeServer(webhook);
});

interface Answer {
  readonly status: number;
  readonly body: {
    readonly data?: Record<string, { readonly id?: string }>;
    readonly errors?: readonly { readonly field?: string }[];
  };
}

async function call(
  method: string,
  path: string,
  body?: object,
  token: string = localSecrets.segmentApiToken,
): Promise<Answer> {
  const response = await fetch(`${workspace.apiUrl}${path}`, {
    method,
    headers: { authorization: `Bearer ${token}` },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  return { status: response.status, body: (await response.json()) as Answer['body'] };
}

/** A destination with one mapping that sends track events to the webhook. @returns its id */
async function setUp(
  settings: object,
  mapping: object = {},
  options: WorkspaceOptions = {},
): Promise<string> {
  workspace = await startSegmentWorkspace(options);
  const { body } = await call('POST', '/destinations', {
    sourceId: 'src_local',
    metadataId: webhooksMetadataId,
    name: 'Webhooks',
    settings: { sharedSecret: 'shared-secret', ...settings },
  });
  const id = String(body.data?.destination?.id);
  await call('POST', `/destinations/${id}/subscriptions`, {
    name: 'Send',
    actionId: sendActionId,
    trigger: 'type = "track"',
    enabled: true,
    settings: { url: webhookUrl, headers: { 'X-Team': 'growth' }, ...mapping },
  });
  return id;
}

async function track(...events: readonly object[]): Promise<void> {
  const authorization = `Basic ${Buffer.from(`${localSecrets.segmentWriteKey}:`).toString('base64')}`;
  const headers = { authorization, 'content-type': 'application/json' };
  const body = JSON.stringify({ batch: events });
  await fetch(`${workspace.trackingUrl}/batch`, { method: 'POST', headers, body });
}

const event = (name: string): object => ({ type: 'track', event: name, userId: 'u-1', properties: {} });
const eventually = { timeout: 10_000, interval: 20 };

describe('an event that is tracked', () => {
  it('is sent on to the mappings that want it, each signed over its whole body', async () => {
    await setUp({ useSegmentSignatureHeader: true });
    await track(event('one'), { type: 'identify', userId: 'u-1' }, event('two'));
    await expect.poll(() => received.length, eventually).toBe(2);
    for (const { headers, body } of received) {
      const payload = JSON.parse(body);
      const signed = signSegmentRequest({ payload, secret: 'shared-secret', header: 'x-segment-signature' });
      expect(headers).toMatchObject(signed.headers);
      expect(headers['x-team']).toBe('growth');
      expect(payload).toMatchObject({
        type: 'track',
        messageId: expect.any(String),
        receivedAt: expect.any(String),
      });
    }
  });

  it('is sent in a batch of which the older signature covers the first', async () => {
    await setUp({}, { enable_batching: true }, { offersWholeBodySignature: false });
    await track(event('one'), event('two'));
    await expect.poll(() => received.length, eventually).toBe(1);
    const payload = JSON.parse(received[0]?.body ?? '');
    const first = signSegmentRequest({ payload: payload[0], secret: 'shared-secret', header: 'x-signature' });
    expect(received[0]?.headers['x-signature']).toBe(first.headers['x-signature']);
    expect(payload).toHaveLength(2);
  });

  it('is sent again after 5xx, never after 4xx', async () => {
    await setUp({});
    statuses = [503, 200];
    await track(event('one'));
    await expect
      .poll(() => workspace.deliveries().map(({ status }) => status), eventually)
      .toEqual([503, 200]);
    statuses = [401];
    await track(event('two'));
    await expect.poll(() => workspace.deliveries().length, eventually).toBe(3);
  });

  it('goes nowhere when destination or mapping are off, or the key is another', async () => {
    const id = await setUp({});
    workspace.editDestination(id, { enabled: false });
    await track(event('one'));
    workspace.editDestination(id, { enabled: true });
    const [mapping] = workspace.subscriptions(id);
    workspace.editSubscription(mapping?.id ?? '', { enabled: false });
    await track(event('two'));
    workspace.editSubscription(mapping?.id ?? '', { enabled: true });
    await track(event('three'));
    await expect
      .poll(() => received.map(({ body }) => JSON.parse(body).event), eventually)
      .toEqual(['three']);
  });
});

describe('the Public API', () => {
  it('lets nobody in without its token', async () => {
    workspace = await startSegmentWorkspace();
    expect(await call('GET', '/sources', undefined, 'other')).toMatchObject({ status: 401 });
    expect(await call('GET', '/sources')).toMatchObject({ status: 200 });
  });

  it('keeps the settings that a change does not name, and a mask that is written back', async () => {
    const id = await setUp({ useSegmentSignatureHeader: true });
    await call('PATCH', `/destinations/${id}`, { settings: { sharedSecret: '••••••••••cret' } });
    expect(workspace.destinations()[0]?.settings).toMatchObject({
      sharedSecret: '••••••••••cret',
      useSegmentSignatureHeader: true,
      dynamicAuthSettings: {},
    });
  });

  it.each([
    [{ trigger: 'type = "track' }, 'trigger'],
    [{ settings: { url: 'nowhere' } }, 'settings.url'],
    [{ settings: { url: 'https://example.com', batch_size: 4_001 } }, 'settings.batch_size'],
  ])('refuses a mapping that cannot be: %j', async (input, field) => {
    const id = await setUp({});
    const path = `/destinations/${id}/subscriptions/${workspace.subscriptions(id)[0]?.id}`;
    expect(await call('PATCH', path, { input })).toMatchObject({
      status: 422,
      body: { errors: [{ field }] },
    });
  });

  it.each([
    ['POST', '/destinations', { sourceId: 'src_local' }, 422],
    ['POST', '/destinations', { sourceId: 'nowhere', metadataId: webhooksMetadataId, settings: {} }, 404],
    ['POST', '/destinations', { sourceId: 'src_local', metadataId: 'other', settings: {} }, 422],
    ['GET', '/catalog/destinations/other', undefined, 404],
    ['PATCH', '/destinations/nowhere', {}, 404],
    ['GET', '/nowhere', undefined, 404],
  ])('answers %s %s %j with %i', async (method, path, body, status) => {
    workspace = await startSegmentWorkspace();
    expect(await call(method, path, body)).toMatchObject({ status });
  });

  it('has at most 50 mappings for a destination', async () => {
    const id = await setUp({});
    const mapping = {
      name: 'm',
      actionId: sendActionId,
      trigger: 'type = "track"',
      enabled: true,
      settings: { url: webhookUrl },
    };
    for (let count = 1; count < 50; count += 1) {
      expect(await call('POST', `/destinations/${id}/subscriptions`, mapping)).toMatchObject({ status: 201 });
    }
    expect(await call('POST', `/destinations/${id}/subscriptions`, mapping)).toMatchObject({ status: 422 });
  });
});
