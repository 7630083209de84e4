import { describe, expect, it } from 'vitest';
import { type Call, useSendGrid } from './sendGrid.ts';

const nowMs = Date.parse('2026-11-20T12:00:00Z');
const sends = '/v3/marketing/singlesends';
const stats = '/v3/marketing/stats/singlesends';

interface Send {
  readonly id: string;
  readonly name: string;
  readonly is_abtest: boolean;
  readonly abtest: object | null;
}

async function useSends(): Promise<
  Awaited<ReturnType<typeof useSendGrid>> & { readonly idOf: (name: string) => string }
> {
  const used = await useSendGrid({ now: () => nowMs });
  const idOf = (name: string): string =>
    used.sendgrid.singleSends().find((send) => send.name === name)?.id ?? 'none';
  return { ...used, idOf };
}

async function all(call: Call, pageSize: number): Promise<readonly Send[]> {
  const found: Send[] = [];
  for (let path: string | undefined = `${sends}?page_size=${pageSize}`; path !== undefined; ) {
    const body = (await call('GET', path)).body as {
      readonly result: readonly Send[];
      readonly _metadata: { readonly next?: string };
    };
    found.push(...body.result);
    const next: URL | undefined =
      body._metadata.next === undefined ? undefined : new URL(body._metadata.next);
    path = next && `${next.pathname}${next.search}`;
  }
  return found;
}

describe('the single sends', () => {
  it('come in pages, each once, with their tests on the list', async () => {
    const { call } = await useSends();
    const found = await all(call, 2);
    expect(found.map(({ name }) => name)).toEqual((await all(call, 50)).map(({ name }) => name));
    expect(found.filter(({ is_abtest }) => is_abtest)).toHaveLength(5);
    expect(found.find(({ name }) => name === 'Black Friday subject')).toMatchObject({
      status: 'triggered',
      abtest: { type: 'subject', winner_criteria: 'open', winner_selected_at: '2026-11-15T12:00:00.000Z' },
    });
    expect(found.find(({ name }) => name === 'Summer news')).toMatchObject({
      is_abtest: false,
      abtest: null,
    });
  });

  it('have no test in detail, as with SendGrid', async () => {
    const { call, idOf } = await useSends();
    const { body } = await call('GET', `${sends}/${idOf('Black Friday subject')}`);
    expect(body).toMatchObject({ name: 'Black Friday subject', send_to: { all: true } });
    expect(body).not.toHaveProperty('abtest');
  });

  it('change between two pages on demand', async () => {
    const { call, sendgrid } = await useSends();
    await call('GET', `${sends}?page_size=2`);
    sendgrid.changeSingleSends((before) => before.slice(1));
    expect(await all(call, 50)).toHaveLength(8);
  });

  it.each([[`${sends}?page_size=0`], [`${sends}?page_token=wrong`]])(
    'are refused with 400 for %s',
    async (path) => {
      const { call } = await useSends();
      expect(await call('GET', path)).toMatchObject({ status: 400, body: { errors: [{}] } });
    },
  );
});

describe('the statistics of a single send', () => {
  const query = 'start_date=2026-11-01&end_date=2026-11-21';

  it('are split by variation and phase', async () => {
    const { call, idOf } = await useSends();
    const path = `${stats}/${idOf('Black Friday subject')}?${query}&group_by=ab_variation,ab_phase`;
    expect((await call('GET', path)).body).toMatchObject({
      results: [
        { ab_phase: 'test', aggregation: 'total', stats: { delivered: 2_410, unique_opens: 771 } },
        { ab_phase: 'test', stats: { delivered: 2_395, unique_opens: 575 } },
        { ab_phase: 'send' },
      ],
      _metadata: { count: 3 },
    });
  });

  it('are those of the whole send without a split, and sum up over the days', async () => {
    const { call, idOf } = await useSends();
    const path = `${stats}/${idOf('Autumn plans')}?start_date=2026-10-30&end_date=2026-11-05`;
    expect((await call('GET', path)).body).toMatchObject({
      results: [{ ab_variation: 'all', ab_phase: 'all', stats: { delivered: 18_200, unique_opens: 5_096 } }],
    });
    const { results } = (await call('GET', `${path}&aggregated_by=day`)).body as {
      readonly results: readonly { readonly stats: { readonly unique_opens: number } }[];
    };
    expect(results).toHaveLength(4);
    expect(results.reduce((sum, { stats: { unique_opens } }) => sum + unique_opens, 0)).toBe(5_096);
  });

  it('are those of 2021 without dates, as documented: nothing', async () => {
    const { call, idOf } = await useSends();
    expect((await call('GET', `${stats}/${idOf('Autumn plans')}`)).body).toMatchObject({
      results: [{ stats: { delivered: 0, unique_opens: 0 } }],
    });
  });

  it('have the clicks on links, of one phase if it is named', async () => {
    const { call, idOf } = await useSends();
    const path = `${stats}/${idOf('Black Friday subject')}/links?group_by=ab_variation,ab_phase&ab_phase_id=test`;
    const { body } = await call('GET', path);
    const { results, total_clicks } = body as {
      readonly results: readonly { readonly ab_phase: string; readonly clicks: number }[];
      readonly total_clicks: number;
    };
    expect(new Set(results.map(({ ab_phase }) => ab_phase))).toEqual(new Set(['test']));
    expect(results.reduce((sum, { clicks }) => sum + clicks, 0)).toBe(total_clicks);
    expect((await call('GET', `${stats}/unknown/links`)).status).toBe(404);
    expect((await call('GET', `${path}s`)).status).toBe(400);
  });
});

describe('the statistics of the account', () => {
  it.each([
    ['devices', 'device', ['Phone', 'Desktop', 'Webmail', 'Tablet', 'Other']],
    ['clients', 'client', ['Apple Mail', 'Gmail', 'Outlook', 'Yahoo! Mail', 'Thunderbird']],
    ['mailbox_providers', 'mailbox_provider', ['Gmail', 'Microsoft', 'Yahoo', 'Apple', 'Other']],
  ])('by %s are a bare array of days', async (path, type, names) => {
    const { call } = await useSends();
    const days = (await call('GET', `/v3/${path}/stats?start_date=2026-11-13&end_date=2026-11-19`))
      .body as readonly {
      readonly date: string;
      readonly stats: readonly { type: string; name: string }[];
    }[];
    expect(days.map(({ date }) => date)).toEqual([13, 14, 15, 16, 17, 18, 19].map((day) => `2026-11-${day}`));
    expect(days[0]?.stats.map((row) => row.name)).toEqual(names);
    expect(days[0]?.stats[0]?.type).toBe(type);
  });

  it('by place are of the USA and Canada alone', async () => {
    const { call } = await useSends();
    const path = '/v3/geo/stats?start_date=2026-11-19&end_date=2026-11-19';
    const namesOf = async (more: string): Promise<readonly string[]> => {
      const [day] = (await call('GET', `${path}${more}`)).body as readonly {
        readonly stats: readonly { readonly name: string }[];
      }[];
      return (day?.stats ?? []).map(({ name }) => name);
    };
    expect(await namesOf('&country=CA')).toEqual(['ON', 'BC', 'QC']);
    expect(await namesOf('')).toEqual(expect.arrayContaining(['TX', 'ON']));
    expect((await call('GET', `${path}&country=DE`)).status).toBe(400);
  });

  it('are kept for seven days, and need a first day', async () => {
    const { call } = await useSends();
    const { body } = await call('GET', '/v3/devices/stats?start_date=2026-11-10&end_date=2026-11-13');
    expect(
      (body as readonly { readonly stats: readonly object[] }[]).map(({ stats: rows }) => rows.length),
    ).toEqual([0, 0, 0, 5]);
    expect(await call('GET', '/v3/devices/stats')).toMatchObject({
      status: 400,
      body: { errors: [{ field: 'start_date' }] },
    });
  });

  it('say with each answer how many calls are left', async () => {
    const { call } = await useSends();
    const { headers } = await call('GET', '/v3/devices/stats?start_date=2026-11-19');
    expect(headers.get('x-ratelimit-remaining')).toBe('599');
    expect(headers.get('x-ratelimit-reset')).toMatch(/^\d{10}$/);
  });
});
