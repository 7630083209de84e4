import { describe, expect, it } from 'vitest';
import { failOccurrence } from '../../../functions/pull/endOccurrence.ts';
import { definePull } from '../../../functions/pulls/definePull.ts';
import { askMave } from '../../../functions/triggers/actions.ts';
import type { PullOrigin, Trigger } from '../../../functions/triggers/trigger.ts';
import { type Answerer, PullWorld, startMs } from './pullWorld.ts';

const run = askMave(() => ({ message: 'Why?' }), { estimatedCredits: 50 });

interface Page {
  readonly results: readonly { readonly id: string; readonly size: number }[];
}

/** Three pages of people; each is a step. */
const people = definePull({
  kind: 'people',
  source: 'segment',
  operations: ['listWorkspaces'],
  start: { page: 1 },
  step: ({ page }, [answer]) => {
    if (answer === undefined) {
      return { calls: [{ operation: 'listWorkspaces', request: { query: { cursor: `${page}` } } }] };
    }
    const { results } = answer.value as Page;
    return {
      events: results.map(({ id, size }) => ({
        item: id,
        event: 'Person Pulled',
        userId: id,
        properties: { size },
      })),
      next: page < 3 ? { page: page + 1 } : undefined,
    };
  },
});

const pulls = (options: Partial<PullOrigin> = {}): Trigger => ({
  name: 'pulls',
  from: people,
  every: '7d',
  run,
  ...options,
});

/** Two people a page, each of a size. */
function sized(size: (id: string) => number = () => 1): Answerer {
  return ({ request }) => {
    const page = Number(request.query?.cursor);
    const ids = [`u-${page}a`, `u-${page}b`];
    return { kind: 'answered', json: { results: ids.map((id) => ({ id, size: size(id) })) } };
  };
}

function worldOf(trigger: Trigger = pulls(), answer: Answerer = sized()): PullWorld {
  const world = new PullWorld([trigger]);
  world.answer = answer;
  return world;
}

describe('an occurrence of a pull', () => {
  it('takes a step a page, and starts a run for each item', async () => {
    const world = worldOf();
    const { last, isAtWork, state } = await world.pull('pulls', 'first');
    expect(world.runs.map(({ event }) => event.userId)).toEqual([
      'u-1a',
      'u-1b',
      'u-2a',
      'u-2b',
      'u-3a',
      'u-3b',
    ]);
    expect(world.runs[0]).toMatchObject({
      trigger: 'pulls',
      source: 'segment',
      route: '~pull',
      event: { type: 'track', event: 'Person Pulled', timestamp: '2026-11-20T12:00:00.000Z' },
    });
    expect({ isAtWork, state }).toEqual({ isAtWork: false, state: undefined });
    expect(last).toMatchObject({
      status: 'done',
      counts: { steps: 3, calls: 3, items: 6, runs: 6, credits: 300, unchanged: 0, beyond: 0 },
    });
    expect(world.reports.map(({ what }) => what)).toEqual(['started', 'ended']);
    expect(world.calls.every(({ agent }) => agent === 'pull/pulls')).toBe(true);
  });

  it('starts nothing for what has not changed since the last one', async () => {
    const world = worldOf();
    await world.pull('pulls', 'first');
    world.answer = sized((id) => (id === 'u-2a' ? 2 : 1));
    const { last } = await world.pull('pulls', 'second');
    expect(world.runs.slice(6).map(({ event }) => event.userId)).toEqual(['u-2a']);
    expect(last?.counts).toMatchObject({ items: 6, runs: 1, unchanged: 5 });
    expect(world.runIds.size).toBe(7);
  });

  it('starts all of it again if the trigger says so', async () => {
    const world = worldOf(pulls({ again: 'always' }));
    await world.pull('pulls', 'first');
    await world.pull('pulls', 'second');
    expect(world.runIds.size).toBe(12);
  });

  it('starts only what the filter wants', async () => {
    const world = worldOf(
      pulls({ when: 'properties.size > 1' }),
      sized((id) => (id === 'u-3b' ? 2 : 1)),
    );
    const { last } = await world.pull('pulls', 'first');
    expect(world.runs.map(({ event }) => event.userId)).toEqual(['u-3b']);
    expect(last?.counts).toMatchObject({ runs: 1, leftOut: 5 });
  });

  it.each([
    [{ runs: 4 }, 4],
    [{ credits: 120 }, 2],
    [{ runs: 4, credits: 300 }, 4],
  ])('queues at most %j, and leaves the rest to the next one', async (atMost, most) => {
    const world = worldOf(pulls({ atMost }));
    const first = await world.pull('pulls', 'first');
    expect(first.last?.counts).toMatchObject({ runs: most, beyond: 6 - most });
    await world.pull('pulls', 'second');
    expect(world.runIds.size).toBe(Math.min(6, most * 2));
  });

  it('is started once, however often its schedule fires', async () => {
    const world = worldOf();
    world.start('pulls', 'first');
    world.start('pulls', 'first');
    await world.finish();
    await world.pull('pulls', 'first');
    expect(world.runIds.size).toBe(6);
    expect(world.reports.filter(({ what }) => what === 'started')).toHaveLength(1);
  });

  it('is skipped, and says so, while another one is at work', async () => {
    const world = worldOf();
    world.start('pulls', 'first');
    world.start('pulls', 'second');
    await world.finish();
    expect(world.reports.find(({ what }) => what === 'skipped')).toMatchObject({
      occurrence: 'second',
      detail: 'The occurrence first is at work since 2026-11-20T12:00:00.000Z',
    });
    await world.pull('pulls', 'second');
    expect(world.runIds.size).toBe(6);
    await world.pull('pulls', 'third');
    expect((await world.cursor('pulls')).last?.occurrence).toBe('third');
  });

  it('fails when it has not ended in its time, and the next one starts', async () => {
    const world = worldOf(pulls(), () => ({ kind: 'busy', untilMs: world.nowMs + 600_000 }));
    const { last } = await world.pull('pulls', 'first');
    expect(last?.status).toBe('failed');
    expect(last?.detail).toBe(
      'It has not ended within 24 hours. It waited: listWorkspaces at mavera waits for its rate limit',
    );
    world.answer = sized();
    expect((await world.pull('pulls', 'second')).last?.status).toBe('done');
  });

  it('gives way to the next one when its messages are lost and its time is over', async () => {
    const world = worldOf();
    world.start('pulls', 'first');
    await world.deliver({ version: 1, kind: 'start', trigger: 'pulls', occurrence: 'first' });
    world.pullMessages.length = 0;
    world.nowMs += 25 * 3_600_000;
    expect((await world.pull('pulls', 'second')).last).toMatchObject({
      occurrence: 'second',
      status: 'done',
    });
    // Nobody else would say that the first one has failed.
    const detail = 'It has not ended within 24 hours';
    expect(world.reports).toContainEqual(
      expect.objectContaining({ what: 'ended', occurrence: 'first', status: 'failed', detail }),
    );
    expect(world.published).toMatchObject([
      { occurrence: 'first', status: 'failed', detail },
      { occurrence: 'second', status: 'done' },
    ]);
  });

  it('fails when its message is dead-lettered, or its trigger is removed', async () => {
    const world = worldOf();
    const start = { version: 1, kind: 'start', trigger: 'pulls', occurrence: 'first' } as const;
    await world.deliver(start);
    expect(await failOccurrence(start, 'It was dead-lettered', world.dependencies)).toBe(true);
    expect(await failOccurrence(start, 'It was dead-lettered', world.dependencies)).toBe(false);
    await world.finish();
    expect(world.runs).toEqual([]);
    await world.deliver({ ...start, occurrence: 'second' });
    (world.dependencies.triggers as Map<string, Trigger>).clear();
    await world.finish();
    expect((await world.cursor('pulls')).last).toMatchObject({
      occurrence: 'second',
      status: 'failed',
      detail: 'There is no trigger "pulls" that pulls: it was removed or renamed',
    });
  });
});

describe('a pull that catches up with a source', () => {
  it('enters by the source and route of its trigger, with the message id of a post', async () => {
    const catching = definePull({
      kind: 'catching',
      source: 'segops',
      operations: [],
      start: 1,
      step: () => ({
        events: [
          { item: '42', event: 'Segment Recomputed', properties: {}, messageId: 'acme/42/1777732320' },
        ],
      }),
    });
    const trigger: Trigger = {
      name: 'recomputed',
      source: 'segops',
      when: 'event = "Segment Recomputed"',
      catchUp: { from: catching, every: '1h' },
      run,
    };
    const world = worldOf(trigger);
    await world.pull('recomputed', 'first');
    expect(world.runs).toMatchObject([
      { source: 'segops', route: 'default', messageId: 'acme/42/1777732320' },
    ]);
  });
});

describe('a step of a pull', () => {
  it('is taken again after a rate limit, and makes no run twice', async () => {
    let refusals = 6;
    const world = worldOf(pulls(), (call, nowMs) => {
      const { cursor } = call.request.query ?? {};
      if (cursor === '2' && refusals > 0) {
        refusals -= 1;
        return { kind: 'refused', error: { status: 429, code: 'unknown', retryAfterMs: 60_000 } };
      }
      return sized()(call, nowMs);
    });
    expect((await world.pull('pulls', 'first')).last?.status).toBe('done');
    expect(world.runs).toHaveLength(6);
    expect(world.nowMs - startMs).toBeGreaterThanOrEqual(6 * 60_000);
  });

  it('waits in place when the pace has a slot soon', async () => {
    let isFirst = true;
    const world = worldOf(pulls(), (call, nowMs) => {
      if (isFirst) {
        isFirst = false;
        return { kind: 'busy', untilMs: nowMs + 12_000 };
      }
      return sized()(call, nowMs);
    });
    await world.pull('pulls', 'first');
    expect(world.reports.map(({ what }) => what)).toEqual(['started', 'ended']);
    expect(world.nowMs - startMs).toBe(12_000);
  });

  it('is given up after thirteen failures in a row, and says so many', async () => {
    const world = worldOf(pulls(), () => ({ kind: 'lost', detail: 'No answer came' }));
    const { last } = await world.pull('pulls', 'first');
    expect(last).toMatchObject({
      status: 'failed',
      detail: 'listWorkspaces at mavera: No answer came, 13 times in a row',
    });
    expect(world.calls).toHaveLength(13);
  });

  it.each([
    [{ kind: 'refused', error: { status: 400, code: 'bad_input' } }, 'answered 400 (bad_input)'],
    [{ kind: 'not_allowed', detail: 'pull/pulls has off on mavera.workspaces' }, 'has off on'],
  ] as const)('fails at once when it is answered %j', async (answer, detail) => {
    const world = worldOf(pulls(), () => answer);
    const { last } = await world.pull('pulls', 'first');
    expect(last?.status).toBe('failed');
    expect(last?.detail).toContain(detail);
    expect(world.calls).toHaveLength(1);
  });

  it('is told what is not found', async () => {
    const found: boolean[] = [];
    const from = definePull({
      kind: 'one',
      source: 'segment',
      operations: ['listWorkspaces'],
      start: 1,
      step: (_state, [answer]) => {
        found.push(answer?.found ?? true);
        return answer === undefined ? { calls: [{ operation: 'listWorkspaces', request: {} }] } : {};
      },
    });
    const world = worldOf(pulls({ from }), () => ({
      kind: 'refused',
      error: { status: 404, code: 'not_found' },
    }));
    expect((await world.pull('pulls', 'first')).last?.status).toBe('done');
    expect(found).toEqual([true, false]);
  });

  it.each([
    [() => ({ next: 'x'.repeat(100_001) }), /its state is 101 KB, and 100 KB can be kept/],
    [
      () => {
        throw new Error('no such page');
      },
      /its step threw: no such page$/,
    ],
    [
      () => ({ calls: [{ operation: 'readUsage', request: {} }] as const }),
      /asked for readUsage, which is not in the pull's operations/,
    ],
    [
      () => ({ calls: [{ operation: 'listWorkspaces', request: {} }] as const }),
      /asked for calls 20 times and told nothing/,
    ],
    [
      () => ({ events: [{ item: 'a', event: 'A', properties: [] as unknown as Record<string, unknown> }] }),
      /^None of its items can be used. An item "A" makes no event: properties/,
    ],
    [
      () => ({ events: [{ item: '', event: 'A', properties: {} }] }),
      /An item "A" has no `item`, a string that tells it from the others/,
    ],
    [
      () => ({ events: [{ item: 'a', event: 'A', properties: { text: 'x'.repeat(1_100_000) } }] }),
      /An item "A" has 1101 KB, and a message may have 1049 KB/,
    ],
    [() => undefined as never, /its step must return an object/],
    [
      (async () => ({ events: [] })) as unknown as () => never,
      /its step returned a promise: a step makes no calls itself/,
    ],
    [
      () => ({ event: [] }) as never,
      /its step returned event: there is no such field; the fields are calls, events, next, waitMs$/,
    ],
    [
      () => ({ events: 'none' as never }),
      /its step must return an object, whose `calls` or `events` are lists/,
    ],
  ])('fails with a sentence for a step that cannot be used: %s', async (step, detail) => {
    const from = definePull({
      kind: 'own',
      source: 'segment',
      operations: ['listWorkspaces'],
      start: '',
      step,
    });
    const { last } = await worldOf(pulls({ from })).pull('pulls', 'first');
    expect(last?.status).toBe('failed');
    expect(last?.detail).toMatch(detail);
  });

  it('passes over an item that cannot be used, and says so: the others have their runs', async () => {
    const from = definePull({
      kind: 'own',
      source: 'segment',
      operations: [],
      start: '',
      step: () => ({
        events: [
          { item: 'a', event: 'A', properties: {} },
          { item: 'b', event: 'B', properties: [] as unknown as Record<string, unknown> },
          { item: 'c', event: 'C', properties: {} },
        ],
      }),
    });
    const world = worldOf(pulls({ from }));
    const { last } = await world.pull('pulls', 'first');
    expect(last).toMatchObject({ status: 'done', counts: { items: 3, runs: 2, unusable: 1 } });
    expect(world.reports).toContainEqual(
      expect.objectContaining({ what: 'passedOver', detail: expect.stringContaining('An item "B"') }),
    );
  });

  it('has failed when it has not ended in its time, also when only the next occurrence finds that out', async () => {
    const world = worldOf();
    world.start('pulls', 'first');
    await world.deliver({ version: 1, kind: 'start', trigger: 'pulls', occurrence: 'first' });
    // The message of its step is lost.
    world.pullMessages.length = 0;
    world.nowMs += 25 * 3_600_000;
    await world.pull('pulls', 'second');
    const ended = world.reports.filter(({ what }) => what === 'ended');
    expect(ended).toMatchObject([
      { occurrence: 'first', status: 'failed', detail: 'It has not ended within 24 hours' },
      { occurrence: 'second', status: 'done' },
    ]);
  });

  it('is not taken by two deliveries at once, and an old message brings the current one', async () => {
    const world = worldOf();
    await world.deliver({ version: 1, kind: 'start', trigger: 'pulls', occurrence: 'first' });
    const first = { version: 1, kind: 'step', trigger: 'pulls', occurrence: 'first', step: 0 } as const;
    world.pullMessages.length = 0;
    await Promise.all([world.deliver(first), world.deliver(first)]);
    expect(world.calls).toHaveLength(1);
    world.pullMessages.length = 0;
    await world.deliver(first);
    expect(world.pullMessages.map(({ message }) => message)).toEqual([{ ...first, step: 1 }]);
    await world.finish();
    expect(world.runs).toHaveLength(6);
  });

  it('is taken early by no message', async () => {
    const from = definePull({
      kind: 'waits',
      source: 'segment',
      operations: [],
      start: 1,
      step: (step) =>
        step === 1 ? { next: 2, waitMs: 3_600_000 } : { events: [{ item: 'a', event: 'A', properties: {} }] },
    });
    const world = worldOf(pulls({ from }));
    await world.pull('pulls', 'first');
    expect(world.runs).toHaveLength(1);
    expect(world.nowMs - startMs).toBe(3_600_000);
  });

  it('makes no more calls than a month allows', async () => {
    const from = definePull({
      kind: 'previews',
      source: 'segment',
      operations: ['previewAudience'],
      start: 0,
      step: (made, answers) =>
        answers.length === 0
          ? {
              calls: Array.from({ length: 100 }, () => ({
                operation: 'previewAudience' as const,
                request: { path: { space: 'spa_1' }, body: {} },
              })),
            }
          : { next: made + 100 },
    });
    const world = worldOf(pulls({ from }), () => ({ kind: 'answered', json: {} }));
    const { last } = await world.pull('pulls', 'first');
    expect(last?.detail).toBe('The 700 calls of previewAudience that segment allows in a month are used up');
    expect(world.calls).toHaveLength(700);
    world.nowMs = Date.parse('2026-12-01T00:00:00Z');
    await world.pull('pulls', 'second');
    expect(world.calls).toHaveLength(1_400);
  });

  it('gives back to the month what was not called', async () => {
    const from = definePull({
      kind: 'previews',
      source: 'segment',
      operations: ['previewAudience'],
      start: 0,
      step: (_state, answers) =>
        answers.length > 0
          ? {}
          : { calls: [{ operation: 'previewAudience', request: { path: { space: 'spa_1' }, body: {} } }] },
    });
    const world = worldOf(pulls({ from }), () => ({
      kind: 'unreachable',
      detail: 'There was no connection',
    }));
    for (let occurrence = 0; occurrence < 60; occurrence += 1) {
      await world.pull('pulls', `no-${occurrence}`);
    }
    expect(world.calls.length).toBeGreaterThan(700);
    world.answer = () => ({ kind: 'answered', json: {} });
    expect((await world.pull('pulls', 'last')).last?.status).toBe('done');
  });
});

describe('a puller that crashes', () => {
  it('makes each run once, ends and tells its end, whichever call to AWS it crashes at, or gets no answer of', async () => {
    const smooth = worldOf();
    await smooth.pull('pulls', 'first');
    expect(smooth.awsCalls).toBeGreaterThan(20);
    for (let atCall = 1; atCall <= smooth.awsCalls; atCall += 1) {
      for (const when of ['before', 'after', 'lost answer'] as const) {
        const world = worldOf();
        world.crash = { atCall, when };
        const { last } = await world.pull('pulls', 'first');
        const told = new Set(world.published.map(({ occurrence, status }) => `${occurrence} ${status}`));
        const { runIds: ids } = world;
        expect({ atCall, when, ids, told, status: last?.status, runs: last?.counts.runs }).toEqual({
          atCall,
          when,
          ids: smooth.runIds,
          told: new Set(['first done']),
          status: 'done',
          runs: 6,
        });
      }
    }
  });

  it('stays within its bound, at whichever call to AWS it crashes', async () => {
    const smooth = worldOf(pulls({ atMost: { runs: 3 } }));
    await smooth.pull('pulls', 'first');
    for (let atCall = 1; atCall <= smooth.awsCalls; atCall += 1) {
      const world = worldOf(pulls({ atMost: { runs: 3 } }));
      world.crash = { atCall, when: 'after' };
      await world.pull('pulls', 'first');
      expect({ atCall, ids: world.runIds }).toEqual({ atCall, ids: smooth.runIds });
    }
  });

  it('makes each run once when the pages change between two tries of a step', async () => {
    const moving = (): Answerer => {
      let calls = 0;
      return ({ request }) => {
        calls += 1;
        const page = Number(request.query?.cursor);
        // Each page has one person of the page before, as if somebody had joined in front.
        const ids = [calls % 2 === 0 ? `u-${page - 1}` : `u-${page}`, `u-${page}`];
        return { kind: 'answered', json: { results: ids.map((id) => ({ id, size: 1 })) } };
      };
    };
    for (let atCall = 1; atCall <= 30; atCall += 1) {
      const world = worldOf(pulls(), moving());
      world.crash = { atCall, when: 'after' };
      await world.pull('pulls', 'first');
      const users = world.runs.map(({ runId, event }) => `${event.userId} ${runId}`);
      expect(new Set(users).size).toBe(new Set(world.runs.map(({ event }) => event.userId)).size);
    }
  });
});
