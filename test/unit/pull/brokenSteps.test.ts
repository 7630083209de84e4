import { describe, expect, it } from 'vitest';
import type { EndedOccurrence } from '../../../functions/ledger/pullCursor.ts';
import { rowsReader } from '../../../functions/pull/rows/readRows.ts';
import { definePull } from '../../../functions/pulls/definePull.ts';
import type { Fold } from '../../../functions/pulls/pull.ts';
import { askMave } from '../../../functions/triggers/actions.ts';
import type { PullOrigin, Trigger } from '../../../functions/triggers/trigger.ts';
import { PullWorld, startMs } from './pullWorld.ts';

interface State {
  page: number;
}

/** A triggers file need not be TypeScript that compiles: so a step may return anything. */
type AnyStep = (state: State, answers: readonly { readonly value: unknown }[]) => unknown;

function worldOf(step: AnyStep, options: Partial<PullOrigin> = {}): PullWorld {
  const trigger: Trigger = {
    name: 'pulls',
    from: definePull({
      kind: 'broken',
      source: 'segment',
      operations: ['listWorkspaces', 'previewAudience'],
      start: { page: 1 },
      step: step as never,
    }),
    every: '7d',
    run: askMave(() => ({ message: 'Why?' }), { estimatedCredits: 50 }),
    ...options,
  };
  return new PullWorld([trigger]);
}

async function endOf(world: PullWorld): Promise<EndedOccurrence | undefined> {
  return (await world.pull('pulls', 'first')).last;
}

const cycle: Record<string, unknown> = {};
cycle.self = cycle;
const thing = (more: object = {}): object => ({
  item: 'one',
  event: 'Thing Pulled',
  properties: {},
  ...more,
});

describe('a step that cannot be used', () => {
  it.each([
    ['contains itself', cycle],
    ['has a BigInt', { page: 1n }],
    ['is a function', () => 1],
  ])('fails the occurrence when its next state %s', async (_what, next) => {
    expect(await endOf(worldOf(() => ({ next })))).toMatchObject({
      status: 'failed',
      detail: 'The pull cannot go on: `next` is not JSON: it has a BigInt, contains itself, or is a function',
    });
  });

  it.each([Number.NaN, Number.POSITIVE_INFINITY, 1e300, '5s', null])(
    'fails the occurrence when it waits for %s',
    async (waitMs) => {
      const last = await endOf(worldOf(() => ({ next: { page: 2 }, waitMs })));
      expect(last?.detail).toMatch(/waitMs: expected milliseconds, up to 365 days, got /);
    },
  );

  it('fails the occurrence when it asks for a call without an operation', async () => {
    const last = await endOf(worldOf(() => ({ calls: [{}] })));
    expect(last?.detail).toMatch(/asked for undefined, which is not in the pull's operations/);
  });

  it('fails the occurrence when its next state is the one that it was given', async () => {
    const last = await endOf(worldOf(({ page }) => ({ next: { page: Math.min(3, page + 1) } })));
    expect(last).toMatchObject({ status: 'failed', counts: { steps: 2 } });
    expect(last?.detail).toMatch(/so it would never end/);
  });

  it.each([2, 3, 7, 40])(
    'fails the occurrence when %i states follow one another in a circle',
    async (length) => {
      const world = worldOf(({ page }) => ({ next: { page: page < 4 + length ? page + 1 : 5 } }));
      const last = await endOf(world);
      expect(last).toMatchObject({
        status: 'failed',
        detail: `The pull cannot go on: its \`next\` is the state of ${length} steps ago, without waitMs, so it would never end`,
      });
      expect(last?.counts.steps).toBeLessThan(3 * (5 + length));
    },
  );

  it('may go in a circle that waits for something', async () => {
    let steps = 0;
    const last = await endOf(
      worldOf(({ page }) => {
        steps += 1;
        return steps < 40 ? { next: { page: 3 - page }, waitMs: page === 1 ? 1_000 : 0 } : {};
      }),
    );
    expect(last).toMatchObject({ status: 'done', counts: { steps: 40 } });
  });

  it('may return the same state to wait for something', async () => {
    let steps = 0;
    const last = await endOf(
      worldOf((state) => {
        steps += 1;
        return steps < 5 ? { next: state, waitMs: 1_000 } : {};
      }),
    );
    expect(last).toMatchObject({ status: 'done', counts: { steps: 5 } });
  });

  it('may change the state that it is given', async () => {
    const step: AnyStep = (state) => {
      state.page += 1;
      return { next: state.page < 4 ? state : undefined };
    };
    expect(await endOf(worldOf(step))).toMatchObject({ status: 'done', counts: { steps: 3 } });
  });

  it('fails the occurrence with the beginning of a message of any length', async () => {
    const last = await endOf(
      worldOf(() => {
        throw new Error('x'.repeat(1_000_000));
      }),
    );
    expect(last?.detail).toHaveLength(1_000);
  });
});

describe('a fold that throws', () => {
  it.each([
    ['start', 'The file cannot be folded: broken start'],
    ['row', 'A row cannot be folded: broken row'],
    ['end', 'The rows of the file cannot be used: broken end'],
    ['value', 'What a fold made of a file is not JSON'],
  ])('fails the occurrence at once, with its message: %s', async (where, detail) => {
    const at = (place: string): number => {
      if (place === where) {
        throw new Error(`broken ${place}`);
      }
      return 0;
    };
    const fold: Fold = {
      start: () => at('start'),
      row: () => at('row'),
      end: () => (where === 'value' ? 1n : at('end')),
    };
    const rows = { from: 'https://files.example.com/a', format: 'ndjson' };
    const world = worldOf((_state, answers) => (answers.length === 0 ? { calls: [{ rows, fold }] } : {}));
    const bytes = new ReadableStream<Uint8Array>({
      start(controller) {
        controller.enqueue(Buffer.from('{}\n'));
        controller.close();
      },
    });
    world.readRows = rowsReader(
      () => Promise.resolve({ bytes }),
      () => {
        throw new Error('not CSV');
      },
    );
    expect(await endOf(world)).toMatchObject({ status: 'failed', detail });
  });
});

describe('an item', () => {
  it.each([
    ['properties with a BigInt', { properties: { size: 1n } }],
    ['properties that cannot be read', { properties: { toJSON: () => JSON.parse('{') as unknown } }],
    ['a comparison with a BigInt', { compared: { exactly: 1n } }],
    ['a comparison that contains itself', { compared: { exactly: cycle } }],
    ['a compared number that is a BigInt', { compared: { exactly: 1, roughly: { size: 1n } } }],
    ['a messageId that is a number', { messageId: 5 }],
  ])('with %s is passed over, and the others have their runs', async (_what, more) => {
    const world = worldOf(() => ({ events: [thing(more), thing({ item: 'two' })] }));
    expect(await endOf(world)).toMatchObject({ status: 'done', counts: { runs: 1, unusable: 1 } });
    expect(world.runs).toHaveLength(1);
  });

  it('that is found twice in a step is not beyond what an occurrence may queue', async () => {
    const world = worldOf(() => ({ events: [thing(), thing()] }), { atMost: { runs: 1 } });
    expect((await endOf(world))?.counts).toMatchObject({ items: 2, runs: 1, beyond: 0 });
  });

  it('that is found again by a later step takes room of what an occurrence may queue once', async () => {
    const found = [['one'], ['one', 'two'], ['two', 'three']];
    const world = worldOf(
      ({ page }) => ({
        events: (found[page - 1] ?? []).map((item) => thing({ item })),
        next: page < found.length ? { page: page + 1 } : undefined,
      }),
      { atMost: { runs: 2 } },
    );
    expect((await endOf(world))?.counts).toMatchObject({ items: 5, runs: 2, credits: 100, beyond: 1 });
    expect(world.runs).toHaveLength(2);
  });

  it('that changes between two steps of an occurrence has a run of its last values in the next one', async () => {
    const world = worldOf(({ page }) => ({
      events: [thing({ properties: { size: page } })],
      next: page === 1 ? { page: 2 } : undefined,
    }));
    await world.pull('pulls', 'first');
    const ids = world.runIds.size;
    // It is 1 at first again, which is what was last queued of it, and then 2.
    await world.pull('pulls', 'second');
    expect([ids, world.runIds.size]).toEqual([1, 2]);
    expect(world.runs.at(-1)?.event.properties).toEqual({ size: 2 });
  });
});

describe('the quota of a month', () => {
  it('is given back to the month that it was taken from', async () => {
    const request = { path: { space: 'spa_1' } };
    const world = worldOf((_state, answers) =>
      answers.length === 0 ? { calls: [{ operation: 'previewAudience', request }] } : {},
    );
    const quota = { name: 'audiencePreviews', of: 'spa_1', calls: 1 };
    world.nowMs = Date.parse('2026-11-30T23:59:59Z');
    world.answer = () => {
      if (world.nowMs < Date.parse('2026-12-01T00:00:00Z')) {
        world.nowMs += 2_000;
        return { kind: 'unreachable', detail: 'there is no connection' };
      }
      return { kind: 'answered', json: {} };
    };
    await world.pull('pulls', 'first');
    const { quotas } = world.dependencies;
    expect(await quotas.take(quota, startMs)).toBe(true);
  });
});
