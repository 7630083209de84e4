import { describe, expect, it, onTestFinished } from 'vitest';
import type { ApiSimulator } from '../../../simulators/http/apiSimulator.ts';
import {
  type PublicApiSimulatorOptions,
  startPublicApiSimulator,
} from '../../../simulators/segment/publicApiSimulator.ts';
import { simulatedSecrets } from '../../../simulators/segment/simulatedSecrets.ts';

interface Sources {
  readonly data: {
    readonly sources: readonly { readonly id: string; readonly metadata: { readonly slug: string } }[];
    readonly pagination: { readonly next?: string };
  };
}

async function usePublicApi(options: PublicApiSimulatorOptions = {}): Promise<{
  readonly publicApi: ApiSimulator;
  readonly get: (path: string, token?: string) => Promise<Response>;
}> {
  const publicApi = await startPublicApiSimulator({ latencyMs: 0, ...options });
  onTestFinished(() => publicApi.stop());
  const get = (path: string, token: string = simulatedSecrets.apiToken): Promise<Response> =>
    fetch(`${publicApi.baseUrl}${path}`, { headers: { authorization: `Bearer ${token}` } });
  return { publicApi, get };
}

describe('the sources of the Public API', () => {
  it('are of five kinds, which tell the channel', async () => {
    const { get } = await usePublicApi();
    const { data } = (await (await get('/sources')).json()) as Sources;
    expect(data.sources.map(({ metadata }) => metadata.slug)).toEqual([
      'javascript',
      'ios',
      'android',
      'sendgrid',
      'node',
    ]);
  });

  it('come in pages', async () => {
    const { get } = await usePublicApi();
    const ids: string[] = [];
    for (let cursor: string | undefined = ''; cursor !== undefined; ) {
      const query: string = cursor === '' ? '' : `&pagination.cursor=${encodeURIComponent(cursor)}`;
      const { data } = (await (await get(`/sources?pagination.count=2${query}`)).json()) as Sources;
      ids.push(...data.sources.map(({ id }) => id));
      cursor = data.pagination.next;
    }
    expect(ids).toEqual(['src_web', 'src_ios', 'src_android', 'src_email', 'src_server']);
  });
});

describe('the Public API refuses', () => {
  it('a wrong token with 401, and one without the permission with 403', async () => {
    const { get } = await usePublicApi({ restrictedToken: 'may-do-nothing' });
    expect((await get('/sources', 'wrong')).status).toBe(401);
    const refused = await get('/sources', 'may-do-nothing');
    expect(refused.status).toBe(403);
    expect(await refused.json()).toEqual({ errors: [{ type: 'forbidden', message: expect.any(String) }] });
  });

  it('calls over the limit, and says in the body when to come back', async () => {
    const { get } = await usePublicApi({ requestsPerMinute: 1, now: () => 5_000 });
    expect((await get('/sources')).headers.get('x-ratelimit-remaining')).toBe('0');
    const refused = await get('/sources');
    expect(refused.status).toBe(429);
    expect(await refused.json()).toMatchObject({ errors: [{ data: { msBeforeNext: 60_000 } }] });
  });

  it('what a fault says, in its own form of errors', async () => {
    const { publicApi, get } = await usePublicApi();
    publicApi.inject({ kind: 'status', status: 503, path: '/sources', method: 'GET' });
    expect(await (await get('/sources')).json()).toEqual({ errors: [expect.any(Object)] });
    expect((await get('/sources')).status).toBe(200);
  });
});
