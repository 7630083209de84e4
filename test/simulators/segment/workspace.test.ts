import { describe, expect, it } from 'vitest';
import { sendActionId, webhooksMetadataId } from '../../../simulators/segment/workspace/catalog.ts';
import { useWorkspace } from './startedWorkspace.ts';

const url = 'https://example.com/segment';
const newDestination = { sourceId: 'src_local', metadataId: webhooksMetadataId, settings: {} };
const newMapping = {
  name: 'Send',
  actionId: sendActionId,
  trigger: 'type = "track"',
  enabled: true,
  settings: { url },
};

describe('the Public API', () => {
  it('refuses calls without its token', async () => {
    const { call, workspace } = await useWorkspace({ token: 'mine' });
    expect(await call('GET', '/sources')).toMatchObject({ status: 401, body: { errors: [{}] } });
    expect(await call('POST', '/destinations', newDestination, 'other')).toMatchObject({ status: 401 });
    expect(workspace.destinations()).toEqual([]);
    expect(await call('GET', '/', undefined, 'mine')).toMatchObject({
      status: 200,
      body: { data: { workspace: {} } },
    });
  });

  it('echoes a message, and never the token', async () => {
    const { call } = await useWorkspace();
    const { body } = await call('GET', '/echo?message=hello');
    expect(body).toEqual({ data: { method: 'get', message: 'hello', headers: {} } });
  });

  it('keeps its calls, with what was sent and answered', async () => {
    const { call, workspace } = await useWorkspace();
    await call('GET', '/sources?pagination.count=3');
    await call('POST', '/destinations', { sourceId: 'src_local' });
    expect(workspace.requests()).toEqual([
      { method: 'GET', path: '/sources?pagination.count=3', status: 200, body: undefined },
      { method: 'POST', path: '/destinations', status: 422, body: { sourceId: 'src_local' } },
    ]);
  });

  it('refuses a body that is too large', async () => {
    const { call } = await useWorkspace();
    const settings = { sharedSecret: 's'.repeat(600_000) };
    expect(await call('POST', '/destinations', { ...newDestination, settings })).toMatchObject({
      status: 413,
    });
  });

  it('shows its sources with their write keys', async () => {
    const sources = [{ id: 'src_1', slug: 'app', name: 'App', writeKey: 'key-1' }];
    const { call } = await useWorkspace({ sources });
    const shown = { id: 'src_1', slug: 'app', name: 'App', writeKeys: ['key-1'] };
    expect((await call('GET', '/sources')).body.data).toMatchObject({ sources: [shown] });
    expect((await call('GET', '/sources/src_1')).body.data).toMatchObject({ source: shown });
    expect(await call('GET', '/sources/src_2')).toMatchObject({ status: 404 });
  });

  it.each([
    [true, ['sharedSecret', 'useSegmentSignatureHeader']],
    [false, ['sharedSecret']],
  ])(
    'has Webhooks (Actions) in its catalog (newer signature: %s)',
    async (offersWholeBodySignature, names) => {
      const { call } = await useWorkspace({ offersWholeBodySignature });
      const { body } = await call('GET', `/catalog/destinations/${webhooksMetadataId}`);
      expect(body.data?.destinationMetadata).toMatchObject({
        slug: 'actions-webhook',
        options: names.map((name) => ({ name })),
        actions: [
          {
            id: sendActionId,
            slug: 'send',
            fields: ['url', 'method', 'batch_size', 'headers', 'data', 'batch_keys', 'enable_batching'].map(
              (fieldKey) => ({ fieldKey }),
            ),
          },
        ],
      });
    },
  );
});

describe('a list', () => {
  const sources = Array.from({ length: 5 }, (_none, index) => ({
    id: `src_${index}`,
    slug: `source-${index}`,
    name: `Source ${index}`,
    writeKey: `write-key-${index}`,
  }));

  it('has pages, and the last has no next', async () => {
    const { call } = await useWorkspace({ sources });
    const ids: unknown[] = [];
    let query = 'pagination.count=2';
    for (let pages = 0; pages < 3; pages += 1) {
      const { data = {} } = (await call('GET', `/sources?${query}`)).body;
      const { next } = data.pagination as { readonly next?: string };
      ids.push(...(data.sources as { readonly id: string }[]).map(({ id }) => id));
      expect(next === undefined).toBe(pages === 2);
      query = `pagination.count=2&pagination.cursor=${encodeURIComponent(next ?? '')}`;
    }
    expect(ids).toEqual(sources.map(({ id }) => id));
  });

  it('that ends with a full page has no next', async () => {
    const { call } = await useWorkspace({ sources });
    const { data } = (await call('GET', '/sources?pagination.count=5')).body;
    expect(data?.pagination).not.toHaveProperty('next');
  });

  it('has smaller pages than requested if the workspace limits them', async () => {
    const { call } = await useWorkspace({ sources, pageSize: 3 });
    const { data } = (await call('GET', '/sources?pagination.count=100')).body;
    expect(data).toMatchObject({ sources: [{}, {}, {}], pagination: { totalEntries: 5 } });
  });

  it.each(['pagination.count=0', 'pagination.count=1001', 'pagination.count=x', 'pagination.cursor=x'])(
    'is refused with %s',
    async (query) => {
      const { call } = await useWorkspace();
      expect(await call('GET', `/destinations?${query}`)).toMatchObject({
        status: 422,
        body: { errors: [{ type: 'input-validation', field: query.split('=')[0] }] },
      });
    },
  );
});

describe('a destination', () => {
  it('is created, shown with its secret masked, changed and deleted', async () => {
    const { call, workspace } = await useWorkspace();
    const settings = { sharedSecret: 'a-secret-of-6354' };
    const created = await call('POST', '/destinations', { ...newDestination, name: 'Webhooks', settings });
    const [{ id = '' } = {}] = workspace.destinations();
    const shown = {
      id,
      name: 'Webhooks',
      enabled: true,
      sourceId: 'src_local',
      metadata: { id: webhooksMetadataId },
      settings: { sharedSecret: '••••••••••6354' },
    };
    expect(created).toMatchObject({ status: 201, body: { data: { destination: shown } } });
    expect((await call('GET', `/destinations/${id}`)).body.data).toMatchObject({ destination: shown });
    expect((await call('GET', '/destinations')).body.data).toMatchObject({ destinations: [shown] });
    expect((await call('PATCH', `/destinations/${id}`, { enabled: false })).body.data).toMatchObject({
      destination: { ...shown, enabled: false },
    });
    expect(workspace.destinations()[0]?.settings).toMatchObject(settings);
    expect((await call('DELETE', `/destinations/${id}`)).body.data).toEqual({ status: 'SUCCESS' });
    expect(await call('GET', `/destinations/${id}`)).toMatchObject({ status: 404 });
  });

  it('is deleted with its mappings', async () => {
    const { call, addDestination, addMapping, workspace } = await useWorkspace();
    const id = await addDestination();
    await addMapping(id, { url });
    await call('DELETE', `/destinations/${id}`);
    expect(workspace.subscriptions(id)).toEqual([]);
  });

  it('keeps settings that a change does not name', async () => {
    const { call, addDestination, workspace } = await useWorkspace();
    const id = await addDestination({ useSegmentSignatureHeader: true });
    await call('PATCH', `/destinations/${id}`, { settings: { sharedSecret: 'another' } });
    expect(workspace.destinations()[0]?.settings).toEqual({
      sharedSecret: 'another',
      useSegmentSignatureHeader: true,
      dynamicAuthSettings: { configId: 'local', oauth: { type: 'noAuth' } },
    });
  });

  it('stores a mask that is written back unchanged', async () => {
    const { call, addDestination, workspace } = await useWorkspace();
    const id = await addDestination();
    await call('PATCH', `/destinations/${id}`, { settings: { sharedSecret: '••••••••••cret' } });
    expect(workspace.destinations()[0]?.settings.sharedSecret).toBe('••••••••••cret');
  });

  it('can be edited by hand', async () => {
    const { call, addDestination, workspace } = await useWorkspace();
    const id = await addDestination();
    workspace.editDestination(id, { name: 'Renamed', settings: { sharedSecret: 'by-hand-1234' } });
    expect((await call('GET', `/destinations/${id}`)).body.data).toMatchObject({
      destination: { name: 'Renamed', settings: { sharedSecret: '••••••••••1234', dynamicAuthSettings: {} } },
    });
  });

  it.each([
    [{ ...newDestination, sourceId: undefined }, 422, 'sourceId'],
    [{ ...newDestination, metadataId: undefined }, 422, 'metadataId'],
    [{ ...newDestination, settings: undefined }, 422, 'settings'],
    [{ ...newDestination, metadataId: 'other' }, 422, 'metadataId'],
    [{ ...newDestination, settings: { secret: 's' } }, 422, 'settings.secret'],
    [{ ...newDestination, settings: { toString: 's' } }, 422, 'settings.toString'],
    [{ ...newDestination, settings: { sharedSecret: 5 } }, 422, 'settings.sharedSecret'],
    [{ ...newDestination, enabled: 'yes' }, 422, 'enabled'],
    [{ ...newDestination, sourceId: 'nowhere' }, 404, undefined],
  ])('is not created from %j', async (body, status, field) => {
    const { call, workspace } = await useWorkspace();
    const answer = await call('POST', '/destinations', body);
    expect([answer.status, answer.body.errors?.[0]?.field]).toEqual([status, field]);
    expect(workspace.destinations()).toEqual([]);
  });

  it('refuses a setting that the workspace does not offer', async () => {
    const { call, addDestination } = await useWorkspace({ offersWholeBodySignature: false });
    const id = await addDestination();
    const change = { settings: { useSegmentSignatureHeader: true } };
    expect(await call('PATCH', `/destinations/${id}`, change)).toMatchObject({ status: 422 });
  });
});

describe('a mapping', () => {
  it('is created, shown, changed and removed', async () => {
    const { call, addDestination, workspace } = await useWorkspace();
    const destinationId = await addDestination();
    const list = `/destinations/${destinationId}/subscriptions`;
    const created = await call('POST', list, newMapping);
    const [{ id = '' } = {}] = workspace.subscriptions(destinationId);
    const shown = { ...newMapping, id, destinationId, actionSlug: 'send' };
    expect(created).toMatchObject({ status: 201, body: { data: { destinationSubscription: shown } } });
    expect((await call('GET', list)).body.data).toMatchObject({ subscriptions: [shown] });
    expect((await call('GET', `${list}/${id}`)).body.data).toEqual({ subscription: shown });
    const input = { trigger: 'type = "identify"', enabled: false };
    expect((await call('PATCH', `${list}/${id}`, { input })).body.data).toEqual({
      subscription: { ...shown, ...input },
    });
    expect((await call('DELETE', `${list}/${id}`)).body.data).toEqual({ status: 'SUCCESS' });
    expect(await call('GET', `${list}/${id}`)).toMatchObject({ status: 404 });
  });

  it.each([
    [{ trigger: 'type = "track' }, 'trigger'],
    [{ settings: {} }, 'settings.url'],
    [{ settings: { url: 'nowhere' } }, 'settings.url'],
    [{ settings: { url, method: 'GET' } }, 'settings.method'],
    [{ settings: { url, headers: { 'X-Team': 5 } } }, 'settings.headers'],
    [{ settings: { url, batch_size: 4_001 } }, 'settings.batch_size'],
    [{ settings: { url, batch_size: 'many' } }, 'settings.batch_size'],
    [{ settings: { url, bodyTemplate: 'x' } }, 'settings.bodyTemplate'],
  ])('is neither created with %j nor changed to it', async (members, field) => {
    const { call, addDestination, addMapping, workspace } = await useWorkspace();
    const destinationId = await addDestination();
    const id = await addMapping(destinationId, { url });
    const list = `/destinations/${destinationId}/subscriptions`;
    const refused = { status: 422, body: { errors: [{ type: 'input-validation', field }] } };
    expect(await call('POST', list, { ...newMapping, ...members })).toMatchObject(refused);
    expect(await call('PATCH', `${list}/${id}`, { input: members })).toMatchObject(refused);
    expect(workspace.subscriptions(destinationId)).toMatchObject([newMapping]);
  });

  it.each([
    [{ ...newMapping, actionId: 'other' }, 'actionId'],
    [{ ...newMapping, name: undefined }, 'name'],
    [{ ...newMapping, enabled: undefined }, 'enabled'],
  ])('is not created from %j', async (body, field) => {
    const { call, addDestination } = await useWorkspace();
    const path = `/destinations/${await addDestination()}/subscriptions`;
    expect(await call('POST', path, body)).toMatchObject({ status: 422, body: { errors: [{ field }] } });
  });

  it('may have a batch size that is a string, as in exports', async () => {
    const { call, addDestination } = await useWorkspace();
    const settings = { url, batch_size: '5', enable_batching: true };
    const path = `/destinations/${await addDestination()}/subscriptions`;
    expect(await call('POST', path, { ...newMapping, settings })).toMatchObject({ status: 201 });
  });

  it('is changed only by the members in "input"', async () => {
    const { call, addDestination, addMapping } = await useWorkspace();
    const destinationId = await addDestination();
    const path = `/destinations/${destinationId}/subscriptions/${await addMapping(destinationId, { url })}`;
    expect(await call('PATCH', path, { enabled: false })).toMatchObject({
      status: 422,
      body: { errors: [{ field: 'input' }] },
    });
  });

  it('belongs to one destination', async () => {
    const { call, addDestination, addMapping, workspace } = await useWorkspace();
    const [mine, other] = [await addDestination(), await addDestination()];
    const path = `/destinations/${other}/subscriptions/${await addMapping(mine, { url })}`;
    expect(await call('GET', path)).toMatchObject({ status: 404 });
    expect(await call('PATCH', path, { input: {} })).toMatchObject({ status: 404 });
    expect(await call('DELETE', path)).toMatchObject({ status: 404 });
    expect(workspace.subscriptions(mine)).toHaveLength(1);
  });

  it('is one of at most 50', async () => {
    const { call, addDestination, addMapping, workspace } = await useWorkspace();
    const id = await addDestination();
    for (let count = 0; count < 50; count += 1) {
      await addMapping(id, { url });
    }
    expect(workspace.subscriptions(id)).toHaveLength(50);
    expect(await call('POST', `/destinations/${id}/subscriptions`, newMapping)).toMatchObject({
      status: 422,
    });
  });
});

it.each([
  ['GET', '/catalog/destinations/other'],
  ['GET', '/destinations/nowhere'],
  ['PATCH', '/destinations/nowhere'],
  ['DELETE', '/destinations/nowhere'],
  ['GET', '/destinations/nowhere/subscriptions'],
  ['POST', '/destinations/nowhere/subscriptions'],
  ['GET', '/destinations/nowhere/subscriptions/nothing'],
  ['GET', '/nowhere'],
  ['PUT', '/sources'],
])('%s %s is not found', async (method, path) => {
  const { call } = await useWorkspace();
  const body = method === 'GET' ? undefined : {};
  expect(await call(method, path, body)).toMatchObject({ status: 404, body: { errors: [{}] } });
});

describe('errors on demand', () => {
  it('are answered to as many calls as requested', async () => {
    const { call, workspace } = await useWorkspace();
    workspace.failNext(2, 503);
    const statuses = [];
    for (let calls = 0; calls < 3; calls += 1) {
      statuses.push((await call('GET', '/sources')).status);
    }
    expect(statuses).toEqual([503, 503, 200]);
  });

  it('have the time to wait in the body and in headers', async () => {
    const { call, workspace } = await useWorkspace();
    workspace.failNext(1, 429, { msBeforeNext: 57_647 });
    const { status, headers, body } = await call('GET', '/sources');
    expect([status, body.errors]).toEqual([
      429,
      [expect.objectContaining({ data: { remainingPoints: 0, msBeforeNext: 57_647, consumedPoints: 21 } })],
    ]);
    expect(headers.get('x-ratelimit-remaining')).toBe('0');
    expect(headers.get('x-ratelimit-reset')).toMatch(/^\w{3}, \d\d \w{3} \d{4} /);
  });

  it('can be foreseen by the points that are left', async () => {
    const { call } = await useWorkspace();
    const { headers } = await call('GET', '/sources');
    expect(Number(headers.get('x-ratelimit-consumed'))).toBe(1);
    expect(Number(headers.get('x-ratelimit-remaining'))).toBeGreaterThan(0);
  });
});
