import { describe, expect, it, onTestFinished } from 'vitest';
import type { ApiSimulator } from '../../../simulators/http/apiSimulator.ts';
import type { AudienceControls } from '../../../simulators/segment/audiences/audienceSpaces.ts';
import { startPublicApiSimulator } from '../../../simulators/segment/publicApiSimulator.ts';
import { simulatedSecrets } from '../../../simulators/segment/simulatedSecrets.ts';
import { startSegmentWorkspace } from '../../../simulators/segment/workspace/workspace.ts';

const startMs = Date.parse('2026-11-20T12:00:00Z');

interface Answer {
  readonly status: number;
  readonly body: {
    readonly data: {
      readonly audiences: readonly { readonly id: string; readonly size?: { readonly count: number } }[];
      readonly pagination: { readonly next?: string };
      readonly audience: { readonly id: string; readonly definition: { readonly query: string } };
      readonly audiencePreview: {
        readonly id: string;
        readonly status: string;
        readonly results?: readonly { readonly id: string }[];
      };
    };
    readonly errors: readonly {
      readonly field?: string;
      readonly data?: { readonly msBeforeNext: number };
    }[];
  };
}

interface Used {
  readonly api: AudienceControls;
  readonly wait: (ms: number) => void;
  readonly call: (method: string, path: string, body?: object) => Promise<Answer>;
}

function client(url: string): Used['call'] {
  return async (method, path, body) => {
    const response = await fetch(`${url}${path}`, {
      method,
      headers: { authorization: `Bearer ${simulatedSecrets.apiToken}`, 'content-type': 'application/json' },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    return { status: response.status, body: (await response.json()) as Answer['body'] };
  };
}

async function usePublicApi(): Promise<Used & { readonly api: ApiSimulator & AudienceControls }> {
  let nowMs = startMs;
  const api = await startPublicApiSimulator({
    latencyMs: 0,
    previewMs: 2_000,
    requestsPerMinute: 10_000,
    now: () => nowMs,
  });
  onTestFinished(() => api.stop());
  const wait = (ms: number): void => {
    nowMs += ms;
  };
  return { api, wait, call: client(api.baseUrl) };
}

const space = '/spaces/spa_local/audiences';

describe('the audiences of a space', () => {
  it('come in pages, each once, with size and definition', async () => {
    const { api, call } = await usePublicApi();
    const ids: string[] = [];
    for (let cursor: string | undefined = ''; cursor !== undefined; ) {
      const query: string = cursor === '' ? '' : `&pagination.cursor=${encodeURIComponent(cursor)}`;
      const { data } = (await call('GET', `${space}?pagination.count=3${query}`)).body;
      ids.push(...data.audiences.map(({ id }) => id));
      cursor = data.pagination.next;
    }
    expect(ids).toEqual(api.audiences().map(({ id }) => id));
    const { audience } = (await call('GET', `${space}/aud_high_value`)).body.data;
    expect(audience).toMatchObject({
      key: 'high_value',
      spaceId: 'spa_local',
      definition: { query: "trait('ltv') >= 2000" },
      audienceType: 'USERS',
      computeCadence: { type: 'BATCH' },
      size: { count: 4_184, type: 'USERS' },
    });
  });

  it('are refused without a page size, or with one over 200', async () => {
    const { call } = await usePublicApi();
    for (const path of [space, `${space}?pagination.count=201`, `${space}?pagination.count=0`]) {
      expect(await call('GET', path)).toMatchObject({
        status: 422,
        body: { errors: [{ field: 'pagination.count' }] },
      });
    }
    expect((await call('GET', `${space}?pagination.count=9&search.type=COLOUR`)).status).toBe(422);
  });

  it('are not found in an unknown space', async () => {
    const { call } = await usePublicApi();
    expect((await call('GET', '/spaces/spa_other/audiences?pagination.count=9')).status).toBe(404);
    expect((await call('GET', `${space}/aud_unknown`)).status).toBe(404);
  });

  it('may be searched', async () => {
    const { call } = await usePublicApi();
    const found = async (search: string): Promise<number> =>
      (await call('GET', `${space}?pagination.count=200&${search}`)).body.data.audiences.length;
    expect(await found('search.type=KEY&search.query=high')).toBe(1);
    expect(await found('search.type=DEFINITION&search.query=ltv')).toBe(2);
  });

  it('are listed 60 times a minute, and read 100 times', async () => {
    const { call, wait } = await usePublicApi();
    const list = `${space}?pagination.count=1`;
    const lists = await Promise.all(Array.from({ length: 61 }, () => call('GET', list)));
    expect(lists.filter(({ status }) => status === 429)).toHaveLength(1);
    expect(lists.find(({ status }) => status === 429)?.body.errors[0]?.data?.msBeforeNext).toBe(60_000);
    const reads = await Promise.all(Array.from({ length: 101 }, () => call('GET', `${space}/aud_at_risk`)));
    expect(reads.filter(({ status }) => status === 429)).toHaveLength(1);
    wait(60_000);
    expect((await call('GET', list)).status).toBe(200);
  });

  it('change between two pages on demand, also from another process', async () => {
    const { api, call } = await usePublicApi();
    const ordered = await fetch(`${api.baseUrl}/__simulator/audiences`, {
      method: 'POST',
      body: JSON.stringify({ id: 'aud_high_value', change: { size: 5_000 } }),
    });
    expect(ordered.status).toBe(200);
    const first = (await call('GET', `${space}?pagination.count=3`)).body.data;
    expect(first.audiences[0]?.size?.count).toBe(5_000);
    api.changeAudiences((audiences) => audiences.filter(({ id }) => id !== 'aud_mobile_first'));
    const next = encodeURIComponent(first.pagination.next ?? '');
    const rest = (await call('GET', `${space}?pagination.count=200&pagination.cursor=${next}`)).body.data;
    expect(rest.audiences.map(({ id }) => id)).not.toContain('aud_mobile_first');
  });
});

describe('the preview of an audience', () => {
  const wanted = { definition: { query: "trait('ltv') >= 2000" }, audienceType: 'USERS' };

  it("runs, and then has Segment's own ids of members", async () => {
    const { api, call, wait } = await usePublicApi();
    const { id, status } = (await call('POST', `${space}/previews`, wanted)).body.data.audiencePreview;
    expect(status).toBe('RUNNING');
    expect((await call('GET', `${space}/previews/${id}`)).body.data.audiencePreview).toEqual({
      id,
      ...wanted,
      status: 'RUNNING',
    });
    wait(2_000);
    const { results = [] } = (await call('GET', `${space}/previews/${id}`)).body.data.audiencePreview;
    expect(results.length).toBeGreaterThan(20);
    expect(results.every((result) => result.id.startsWith('use_'))).toBe(true);
    expect(api.previewsStarted()).toBe(1);
    expect((await call('GET', `${space}/previews/prv_unknown`)).status).toBe(404);
  });

  it('has nobody for a query that no audience has', async () => {
    const { call, wait } = await usePublicApi();
    const other = { ...wanted, definition: { query: "trait('shoe_size') > 45" } };
    const { id } = (await call('POST', `${space}/previews`, other)).body.data.audiencePreview;
    wait(2_000);
    expect((await call('GET', `${space}/previews/${id}`)).body.data.audiencePreview).toMatchObject({
      status: 'COMPLETED',
      results: [],
    });
  });

  it.each([
    ['no definition', { audienceType: 'USERS' }, 'definition'],
    ['no type', { definition: wanted.definition }, 'audienceType'],
    ['a type in its definition', { definition: { query: 'x', type: 'USERS' } }, 'audienceType'],
  ])('is refused with %s', async (_what, body, field) => {
    const { call } = await usePublicApi();
    expect(await call('POST', `${space}/previews`, body)).toMatchObject({
      status: 422,
      body: { errors: [{ field }] },
    });
  });

  it('starts 5 times a minute, and 700 times a month', async () => {
    const { api, call, wait } = await usePublicApi();
    const start = (): Promise<Answer> => call('POST', `${space}/previews`, wanted);
    const statuses: number[] = [];
    for (let minute = 0; minute < 141; minute += 1) {
      const answers = await Promise.all(Array.from({ length: 6 }, start));
      statuses.push(...answers.map(({ status }) => status));
      wait(60_000);
    }
    expect(statuses.filter((status) => status === 200)).toHaveLength(700);
    expect(statuses.slice(0, 6).toSorted()).toEqual([200, 200, 200, 200, 200, 429]);
    expect(api.previewsStarted()).toBe(700);
    wait(Date.parse('2026-12-01T00:00:00Z') - startMs);
    expect((await start()).status).toBe(200);
  });
});

describe('the workspace', () => {
  it('answers the same calls about audiences, with faults', async () => {
    const workspace = await startSegmentWorkspace({ previewMs: 0 });
    onTestFinished(() => workspace.stop());
    const call = client(workspace.apiUrl);
    const { audiences } = (await call('GET', `${space}?pagination.count=200`)).body.data;
    expect(audiences.map(({ id }) => id)).toEqual(workspace.audiences().map(({ id }) => id));
    workspace.inject({ kind: 'status', status: 503, path: `${space}*` });
    expect((await call('GET', `${space}?pagination.count=200`)).status).toBe(503);
    expect(workspace.calls().map(({ path, status }) => [path, status])).toEqual([
      [space, 200],
      [space, 503],
    ]);
    workspace.changeAudiences(() => []);
    expect((await call('GET', `${space}?pagination.count=200`)).body.data.audiences).toEqual([]);
  });
});
