import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { clusterBy } from '../../functions/pulls/groups/clusterBy.ts';
import { audiencePreview } from '../../functions/pulls/profiles/profileIds.ts';
import { segmentAudiences } from '../../functions/pulls/segmentAudiences.ts';
import { segmentProfiles } from '../../functions/pulls/segmentProfiles.ts';
import { segopsSegments } from '../../functions/pulls/segopsSegments.ts';
import { sendgridAbTests } from '../../functions/pulls/sendgridAbTests.ts';
import { sendgridContacts } from '../../functions/pulls/sendgridContacts.ts';
import { sendgridStats } from '../../functions/pulls/sendgridStats.ts';
import type { RunMessage } from '../../functions/queue/runMessage.ts';
import { askMave } from '../../functions/triggers/actions.ts';
import type { Trigger } from '../../functions/triggers/trigger.ts';
import type { ApiSimulator } from '../../simulators/http/apiSimulator.ts';
import type { SegOpsSegment } from '../../simulators/segops/segment.ts';
import { defaultSegments } from '../../simulators/sendgrid/marketing/contactSet.ts';
import { startPullScene } from './pullScene.ts';
import { startWorld, type World } from './world.ts';

let world: World;

beforeAll(async () => {
  world = await startWorld();
});

afterAll(() => world.stop());

const space = 'spa_local';
const minuteMs = 60_000;

function pulling(from: NonNullable<Trigger['from']>): Trigger {
  return { name: 'pulled', from, every: '7d', run: askMave(() => ({ message: 'Why?' })) };
}

function propertiesOf(runs: readonly RunMessage[]): readonly Readonly<Record<string, unknown>>[] {
  return runs.map(({ event }) => event.properties);
}

function callsOf(simulator: ApiSimulator, method: string, path: RegExp): number {
  return simulator.calls().filter((call) => call.method === method && path.test(call.path)).length;
}

describe('a pull of audiences from the Public API', () => {
  it('has an event for each audience that is on, and again for those that change', async () => {
    const { pull, segment } = await startPullScene(world, pulling(segmentAudiences({ space })), {
      segment: { pageSize: 3 },
    });
    const { runs, last } = await pull('first');
    expect(propertiesOf(runs)).toHaveLength(7);
    expect(propertiesOf(runs)).toContainEqual({
      id: 'aud_high_value',
      key: 'high_value',
      name: 'High-value customers',
      description: 'They have spent 2,000 dollars or more with us.',
      size: 4_184,
      definition: "trait('ltv') >= 2000",
      type: 'USERS',
      cadence: 'BATCH',
      status: 'Live',
    });
    expect(last).toMatchObject({ status: 'done', counts: { calls: 3, items: 7, runs: 7 } });
    expect((await pull('second')).runs).toEqual([]);
    segment.changeAudiences((audiences) =>
      audiences.map((audience) => ({
        ...audience,
        size: audience.key === 'at_risk' ? 4_000 : (audience.size ?? 0) * 1.05,
      })),
    );
    expect(propertiesOf((await pull('third')).runs).map(({ key }) => key)).toEqual([
      'at_risk',
      'freshly_made',
    ]);
  });

  it('has each audience once when a page changes, is slow, lost or refused for a minute', async () => {
    const scene = await startPullScene(world, pulling(segmentAudiences({ space, include: 'all' })), {
      segment: { pageSize: 3 },
    });
    const { segment } = scene;
    const path = `/spaces/${space}/audiences`;
    segment.inject({ kind: 'cut-after', path });
    segment.inject({ kind: 'truncated', path });
    segment.inject({ kind: 'status', status: 429, path, times: 2 });
    segment.inject({ kind: 'html', status: 502, path });
    scene.beforeStep = (step) => {
      if (step === 2) {
        segment.changeAudiences(([first, ...rest]) => (first === undefined ? rest : [...rest, first]));
      }
    };
    const { runs, last } = await scene.pull('first');
    expect(last?.status).toBe('done');
    // The first audience moved to the end and was met twice: it has one run.
    const once = new Map(runs.map(({ messageId, event }) => [messageId, event.properties.id]));
    expect(once.size).toBe(runs.length);
    // The pages moved by one, so one audience was passed over; it comes with the next occurrence.
    const missed = propertiesOf((await scene.pull('second')).runs).map(({ id }) => id);
    expect(missed).toHaveLength(1);
    expect([...once.values(), ...missed].toSorted()).toEqual(
      segment
        .audiences()
        .map(({ id }) => id)
        .toSorted(),
    );
  });

  it('fails with a sentence in a space that is not there', async () => {
    const { pull } = await startPullScene(world, pulling(segmentAudiences({ space: 'spa_other' })));
    expect((await pull('first')).last).toMatchObject({
      status: 'failed',
      detail: expect.stringContaining('there is no space spa_other'),
    });
  });
});

describe('a pull of profiles', () => {
  const of = audiencePreview('aud_high_value');

  it('has the members that one preview of an audience finds, with their traits', async () => {
    const from = segmentProfiles({ space, of, traits: ['ltv', 'plan', 'churn_risk'] });
    const { pull, segment } = await startPullScene(world, pulling(from));
    const { runs, last } = await pull('first');
    expect(last?.status).toBe('done');
    const members = segment.audiences().find(({ key }) => key === 'high_value')?.members ?? [];
    const profiles = propertiesOf(runs).map(({ profile }) => String(profile));
    expect(profiles.toSorted()).toEqual(members.toSorted());
    expect(propertiesOf(runs)[0]).toMatchObject({
      traits: { ltv: expect.any(Number), plan: expect.any(String), churn_risk: expect.any(String) },
    });
    expect(segment.previewsStarted(space)).toBe(1);
    expect((await pull('second')).runs).toEqual([]);
    expect(segment.previewsStarted(space)).toBe(2);
  });

  it('has groups of everybody by named clusters, with quantiles, and no person in them', async () => {
    const from = segmentProfiles({
      space,
      of: audiencePreview('aud_all_customers'),
      traits: [
        'ltv',
        'plan',
        'purchase_count',
        'days_since_signup',
        'churn_risk',
        'last_web_visit',
        'industry',
      ],
      groupBy: clusterBy({
        new: { days_since_signup: { below: 30 } },
        at_risk: { churn_risk: ['high'], ltv: { from: 500 } },
        high_value: { ltv: { top: 0.25 } },
        growth: { plan: ['professional', 'basic'] },
      }),
    });
    const { pull, profiles } = await startPullScene(world, pulling(from));
    const { runs, last } = await pull('first');
    expect(last?.status).toBe('done');
    expect(
      propertiesOf(runs)
        .map(({ group }) => group)
        .toSorted(),
    ).toEqual(['at_risk', 'growth', 'high_value', 'new', 'other']);
    expect(propertiesOf(runs).reduce((sum, { count }) => sum + Number(count), 0)).toBe(200);
    expect(JSON.stringify(runs)).not.toMatch(/@|use_|u_1/);
    const reads = profiles.calls().filter(({ status }) => status === 200);
    expect(new Set(reads.map(({ path }) => path)).size).toBe(200);
    // Quantiles read each profile twice.
    expect(reads.length).toBeGreaterThanOrEqual(400);
  });

  it('has the channels of profiles, from their ids and the Segment sources', async () => {
    const from = segmentProfiles({ space, of, traits: ['plan'], channels: true });
    const { pull, profiles } = await startPullScene(world, pulling(from));
    const { runs, last } = await pull('first');
    expect(last?.status).toBe('done');
    const kinds = new Set(propertiesOf(runs).flatMap(({ channels }) => channels as readonly string[]));
    expect(kinds.size).toBeGreaterThanOrEqual(4);
    expect(callsOf(profiles, 'GET', /\/external_ids$/)).toBe(runs.length);
    expect(JSON.stringify(propertiesOf(runs))).not.toContain('@');
  });

  it('comes to its end when the Profile API refuses, is slow or is lost', async () => {
    const from = segmentProfiles({ space, of, traits: ['plan'], groupBy: 'plan' });
    const { pull, profiles, segment } = await startPullScene(world, pulling(from));
    profiles.inject({ kind: 'status', status: 429, times: 3 });
    profiles.inject({ kind: 'cut-before', times: 2 });
    profiles.inject({ kind: 'html', status: 504 });
    segment.inject({ kind: 'status', status: 503, path: '*/previews/*' });
    const { runs, last } = await pull('first');
    expect(last?.status).toBe('done');
    expect(propertiesOf(runs).length).toBeGreaterThanOrEqual(2);
    expect(segment.previewsStarted(space)).toBe(1);
  });

  it('fails with a sentence for an audience that is not there', async () => {
    const from = segmentProfiles({ space, of: audiencePreview('aud_gone'), traits: ['plan'] });
    const { pull } = await startPullScene(world, pulling(from));
    expect((await pull('first')).last).toMatchObject({
      status: 'failed',
      detail: expect.stringContaining('has no audience aud_gone'),
    });
  });
});

describe('a pull of e-mail statistics', () => {
  it('has an event for each split, with the last seven whole days', async () => {
    const from = sendgridStats({ by: ['device', 'geo', 'client', 'mailbox'] });
    const { pull } = await startPullScene(world, pulling(from));
    const { runs, last } = await pull('first');
    expect(last).toMatchObject({ status: 'done', counts: { calls: 4, items: 4 } });
    expect(propertiesOf(runs)).toMatchObject([
      { by: 'device', from: '2026-11-13', to: '2026-11-19', rows: [{ name: 'Phone' }, {}, {}, {}, {}] },
      { by: 'geo' },
      { by: 'client', rows: [{ name: 'Apple Mail' }, {}, {}, {}, {}] },
      { by: 'mailbox', rows: [{ name: 'Gmail' }, {}, {}, {}, {}] },
    ]);
    expect((await pull('second')).runs).toEqual([]);
  });

  it('waits as long as SendGrid says when its limit is reached', async () => {
    const from = sendgridStats({ by: ['device', 'geo', 'client'] });
    const { pull, sendgrid } = await startPullScene(world, pulling(from), {
      sendgrid: { requestsPerMinute: 1 },
    });
    expect((await pull('first')).runs).toHaveLength(3);
    expect((await pull('second')).last?.status).toBe('done');
    const refused = sendgrid.calls().filter(({ status }) => status === 429);
    // SendGrid says with each answer that no call is left, so hardly any call is made in vain.
    expect(refused.length).toBeLessThanOrEqual(3);
  });
});

describe('a pull of A/B tests', () => {
  it('has the one test that is decided, with its winner, its loser and their links', async () => {
    const { pull, sendgrid } = await startPullScene(world, pulling(sendgridAbTests()));
    const { runs, last } = await pull('first');
    expect(last?.status).toBe('done');
    expect(propertiesOf(runs)).toMatchObject([
      {
        name: 'Black Friday subject',
        type: 'subject',
        criterion: 'open',
        winner: { delivered: 2_410, uniqueOpens: 771 },
        loser: { delivered: 2_395, uniqueOpens: 575 },
      },
    ]);
    const [{ winner, loser } = {}] = propertiesOf(runs) as readonly {
      readonly winner?: { readonly links: readonly { readonly url: string }[] };
      readonly loser?: { readonly links: readonly object[] };
    }[];
    expect(winner?.links[0]).toMatchObject({ url: 'https://www.example.com/plans' });
    expect(loser?.links).toHaveLength(3);
    expect((await pull('second')).runs).toEqual([]);
    sendgrid.changeSingleSends((sends) =>
      sends.map((send) =>
        send.name === 'Winter catalogue content' && send.abTest !== undefined
          ? {
              ...send,
              abTest: { ...send.abTest, winnerSelectedAtMs: Date.parse('2026-11-20T11:00:00Z') },
              parts: send.parts.map((part, index) =>
                index === 0
                  ? { ...part, counts: { ...part.counts, uniqueClicks: part.counts.uniqueClicks * 3 } }
                  : part,
              ),
            }
          : send,
      ),
    );
    expect(propertiesOf((await pull('third')).runs)).toMatchObject([
      { name: 'Winter catalogue content', criterion: 'click' },
    ]);
  });

  it('passes over a single send that is deleted between two calls', async () => {
    const scene = await startPullScene(world, pulling(sendgridAbTests()));
    scene.sendgrid.inject({
      kind: 'status',
      status: 404,
      path: '/v3/marketing/stats/singlesends/*',
      times: 3,
    });
    const { runs, last } = await scene.pull('first');
    expect(last?.status).toBe('done');
    expect(runs).toEqual([]);
  });
});

describe('a pull of contacts', () => {
  const all = { all: true, groupBy: 'country', fields: ['plan', 'ltv'] } as const;
  const exportsPath = '/v3/marketing/contacts/exports';

  it('exports 20,000 contacts once, and groups them', async () => {
    const { pull, sendgrid } = await startPullScene(world, pulling(sendgridContacts(all)));
    const { runs, last } = await pull('first');
    expect(last).toMatchObject({ status: 'done', counts: { rows: 20_000 } });
    expect(propertiesOf(runs)[0]).toMatchObject({ group: 'US', total: 20_000 });
    expect(JSON.stringify(runs)).not.toContain('@');
    expect(sendgrid.exportsStarted()).toBe(1);
    expect(callsOf(sendgrid, 'GET', /^\/files\//)).toBe(1);
    // Within the hour the same export serves again.
    expect((await pull('second')).runs).toEqual([]);
    expect(sendgrid.exportsStarted()).toBe(1);
  });

  it('groups by clusters with quantiles', async () => {
    const groupBy = clusterBy({
      new: { days_since_signup: { below: 30 } },
      at_risk: { ltv: { from: 1_000 }, days_since_order: { from: 90 } },
      high_value: { ltv: { top: 0.1 } },
      growth: { plan: ['professional', 'basic'] },
    });
    const from = sendgridContacts({ all: true, groupBy, fields: ['ltv', 'industry', 'country'] });
    const { pull, sendgrid } = await startPullScene(world, pulling(from));
    const { runs, last } = await pull('first');
    expect(last?.status).toBe('done');
    expect(propertiesOf(runs)).toHaveLength(5);
    expect(callsOf(sendgrid, 'GET', /^\/files\//)).toBe(2);
  });

  it('needs no export for a segment whose sample has all of it', async () => {
    const [large, , small] = defaultSegments.map(({ id }) => id);
    const fields = ['ltv', 'country'];
    const ofSmall = sendgridContacts({ segmentIds: [small ?? ''], groupBy: 'plan', fields });
    const scene = await startPullScene(world, pulling(ofSmall));
    const { runs } = await scene.pull('first');
    expect(propertiesOf(runs)).toMatchObject([
      { group: 'enterprise', fields: { ltv: { median: expect.any(Number) } } },
    ]);
    expect(scene.sendgrid.exportsStarted()).toBe(0);
    const ofLarge = sendgridContacts({ segmentIds: [large ?? ''], groupBy: 'plan', fields });
    const other = await startPullScene(world, pulling(ofLarge));
    expect((await other.pull('first')).last?.status).toBe('done');
    expect(other.sendgrid.exportsStarted()).toBe(1);
    const [exported] = other.sendgrid.calls().filter(({ method }) => method === 'POST');
    expect(exported?.requestBody).toMatchObject({ segment_ids: [large], file_type: 'csv' });
  });

  it('survives a lost start, an export that is forgotten, one that fails, and URLs that expire', async () => {
    const scene = await startPullScene(world, pulling(sendgridContacts(all)), {
      sendgrid: { contacts: 2_000, exportMs: 20_000 },
    });
    const { sendgrid } = scene;
    sendgrid.inject({ kind: 'cut-after', method: 'POST', path: exportsPath });
    sendgrid.inject({ kind: 'status', status: 403, path: '/files/*' });
    sendgrid.inject({ kind: 'truncated', path: '/files/*' });
    let isForgotten = false;
    scene.beforeStep = (step) => {
      if (step === 3 && !isForgotten) {
        isForgotten = true;
        sendgrid.forgetExports();
        sendgrid.failExports(1);
      }
      sendgrid.expireExportUrls();
    };
    const { runs, last } = await scene.pull('first');
    expect(last).toMatchObject({ status: 'done', counts: { rows: 2_000 } });
    expect(propertiesOf(runs)[0]).toMatchObject({ group: 'US', total: 2_000 });
    // The one that was forgotten, the one that failed, and the one that served.
    expect(sendgrid.exportsStarted()).toBe(3);
  });

  it('exports again when a URL has expired for good', async () => {
    const scene = await startPullScene(world, pulling(sendgridContacts(all)), {
      sendgrid: { contacts: 500, newUrlAtEachRead: false, exportUrlMs: 1 },
    });
    const { sendgrid } = scene;
    scene.wait(minuteMs);
    sendgrid.inject({ kind: 'status', status: 403, path: '/files/*', times: 2 });
    const { last } = await scene.pull('first');
    expect(last).toMatchObject({ status: 'done', counts: { rows: 500 } });
    expect(sendgrid.exportsStarted()).toBe(2);
  });

  it("waits for somebody else's export, and starts its own then", async () => {
    const scene = await startPullScene(world, pulling(sendgridContacts(all)), {
      sendgrid: { contacts: 500, exportMs: 90_000 },
    });
    const { sendgrid } = scene;
    const started = await fetch(`${sendgrid.baseUrl}${exportsPath}`, {
      method: 'POST',
      headers: { authorization: `Bearer ${sendgrid.apiKey}`, 'content-type': 'application/json' },
      body: JSON.stringify({ segment_ids: [defaultSegments[0]?.id] }),
    });
    expect(started.status).toBe(202);
    expect((await scene.pull('first')).last).toMatchObject({ status: 'done', counts: { rows: 500 } });
    expect(sendgrid.exportsStarted()).toBe(2);
    const refused = sendgrid.calls().filter(({ status }) => status === 429);
    expect(refused).toEqual([]);
  });

  it('fails with a sentence for a list that is not there', async () => {
    const listIds = ['00000000-0000-4000-8000-000000000000'];
    const from = sendgridContacts({ listIds, groupBy: 'plan', fields: [] });
    const { pull } = await startPullScene(world, pulling(from));
    const { last } = await pull('first');
    expect(last).toMatchObject({ status: 'failed', detail: expect.stringContaining(listIds[0] ?? '') });
  });
});

describe('a pull of segments from SegOps', () => {
  it('reads all pages of them', async () => {
    const many = (count: number): readonly SegOpsSegment[] =>
      Array.from({ length: count }, (_none, index) => ({
        id: index + 1,
        name: `Segment ${index + 1}`,
        description: '',
        definition: { logic: 'AND', conditions: [] },
        members: ['u_1001'],
        lastComputedAtMs: Date.parse('2026-11-20T09:00:00Z'),
      }));
    const { pull, segops } = await startPullScene(world, pulling(segopsSegments({ tenant: 'acme' })), {
      segops: { segments: many(120) },
    });
    const ids = propertiesOf((await pull('first')).runs).map(({ segment_id }) => Number(segment_id));
    expect(ids.toSorted((one, other) => one - other)).toEqual(many(120).map(({ id }) => id));
    expect(callsOf(segops, 'GET', /^\/segments\/$/)).toBe(3);
  });

  it('has all of them, by their ids too, within the limit of the smallest plan', async () => {
    const { pull, segops } = await startPullScene(world, pulling(segopsSegments({ tenant: 'acme' })));
    segops.inject({ kind: 'status', status: 429, retryAfter: 60 });
    segops.inject({ kind: 'cut-after' });
    const { runs, last } = await pull('first');
    expect(last?.status).toBe('done');
    expect(propertiesOf(runs).map(({ segment_id }) => segment_id)).toEqual([42, 57, 61, 70]);
    expect(propertiesOf(runs)[0]).toMatchObject({
      segment_name: 'High LTV Buyers',
      member_count: 1_851,
      definition: { logic: 'AND' },
    });
    const some = await startPullScene(world, pulling(segopsSegments({ tenant: 'acme', ids: [57, 999] })));
    expect(propertiesOf((await some.pull('first')).runs).map(({ segment_id }) => segment_id)).toEqual([57]);
  });
});
