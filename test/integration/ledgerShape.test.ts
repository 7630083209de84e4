import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { Claims } from '../../functions/ledger/claims.ts';
import { LedgerTable } from '../../functions/ledger/ledgerTable.ts';
import {
  claimKeys,
  type LedgerItem,
  playScene,
  putItems,
  readItems,
  type SceneRunner,
  sceneAtMs,
  sceneRun,
  startSceneRunner,
} from './ledgerScene.ts';
import { startWorld, type World } from './world.ts';

const directory = new URL('./releases/', import.meta.url);
const releases = readdirSync(directory).sort();
const hourMs = 3_600_000;

let world: World;
let runner: SceneRunner;

beforeAll(async () => {
  world = await startWorld();
});

beforeEach(async () => {
  runner = await startSceneRunner(world);
});

afterEach(() => runner.stop());
afterAll(() => world.stop());

function itemsOf(release: string): readonly LedgerItem[] {
  return JSON.parse(readFileSync(new URL(release, directory), 'utf8'));
}

/** Attributes with their types, by the kind of item: what stands before the first `#` of its key. */
function shapeOf(items: readonly LedgerItem[]): Record<string, readonly string[]> {
  const shapes = new Map<string, Set<string>>();
  for (const item of items) {
    const kind = item.pk?.S?.split('#')[0] ?? '';
    const shape = shapes.get(kind) ?? new Set<string>();
    for (const [name, value] of Object.entries(item)) {
      shape.add(`${name}: ${Object.keys(value).join()}`);
    }
    shapes.set(kind, shape);
  }
  return Object.fromEntries([...shapes].map(([kind, shape]) => [kind, [...shape].sort()]));
}

describe('the ledger', () => {
  it('is written in the shape that is on record; docs/ledger.md says what to do about a change', async () => {
    await playScene(world, runner);
    const items = await readItems(world, runner.table);
    if (process.env.RECORD_LEDGER !== undefined) {
      writeFileSync(
        new URL(process.env.RECORD_LEDGER, directory),
        `${JSON.stringify(items, undefined, 2)}\n`,
      );
    }
    expect(shapeOf(items)).toEqual(shapeOf(itemsOf(releases.at(-1) ?? '')));
  });
});

describe.each(releases)('a ledger that was written by %s', (release) => {
  beforeEach(async () => {
    await putItems(world, runner.table, itemsOf(release));
  });

  it('still knows its claims: what was queued, what is being queued, and what nobody queues any more', async () => {
    const claims = new Claims(new LedgerTable(world.clients.dynamodb, runner.table), () => undefined);
    const outcomes = async (atMs: number, keys: readonly string[]): Promise<unknown[]> => {
      const options = {
        owner: 'receiver-2',
        nowMs: atMs,
        leaseUntilMs: atMs + 12_000,
        expiresAtSeconds: Math.ceil(atMs / 1000) + 604_800,
        signal: AbortSignal.timeout(30_000),
      };
      return [...(await claims.claim(keys, options)).values()];
    };
    const { queued, claiming, abandoned } = claimKeys;
    expect(await outcomes(sceneAtMs + 1_000, [queued])).toEqual(['duplicate']);
    expect(await outcomes(sceneAtMs + 1_000, [claiming])).toEqual(['busy']);
    expect(await outcomes(sceneAtMs + 12_001, [abandoned])).toEqual(['claimed']);
  });

  it('does no finished run again', async () => {
    runner.setClock(sceneAtMs + hourMs);
    const report = await runner.deliver(sceneRun(runner, 'asks', 1));
    expect(report).toMatchObject({ outcome: 'repeated', reason: 'finished_before' });
    expect(runner.mavera.calls()).toEqual([]);
  });

  it('keeps cooldowns, budgets and threads', async () => {
    runner.setClock(sceneAtMs + hourMs);
    expect(await runner.deliver(sceneRun(runner, 'asks', 3))).toMatchObject({ gate: 'cooldown' });
    expect(await runner.deliver(sceneRun(runner, 'pays', 3))).toMatchObject({ reason: 'budget_spent' });
    runner.setClock(sceneAtMs + 25 * hourMs);
    await runner.deliver(sceneRun(runner, 'asks', 4));
    const recorded = itemsOf(release).find(({ pk, id }) => pk?.S?.startsWith('kept#') && id !== undefined);
    const question = runner.mavera.calls().find(({ path }) => path === '/mave/chat');
    expect(question?.requestBody).toMatchObject({ thread_id: recorded?.id?.S });
  });

  it('lets a waiting run go on, with what it had gathered', async () => {
    runner.setClock(sceneAtMs + 25 * hourMs);
    expect(await runner.deliver(sceneRun(runner, 'pays', 2))).toMatchObject({ outcome: 'done' });
    expect(await runner.deliver(sceneRun(runner, 'gathers', 1))).toMatchObject({
      outcome: 'done',
      collected: 1,
    });
  });

  it('looks for a lost answer before it calls again', async () => {
    runner.setClock(sceneAtMs + hourMs);
    const lost = sceneRun(runner, 'asks', 2);
    await runner.deliver({ ...lost, event: { ...lost.event, userId: 'u-2' } });
    expect(runner.mavera.calls()[0]).toMatchObject({ method: 'GET' });
  });
});

const withTallies = releases.filter((release) =>
  itemsOf(release).some(({ pk }) => pk?.S?.startsWith('tally#')),
);

describe.each(withTallies)('a ledger with tallies that was written by %s', (release) => {
  it('lets an open tally go on, and remembers what was counted', async () => {
    await putItems(world, runner.table, itemsOf(release));
    runner.setClock(sceneAtMs + hourMs);
    expect(await runner.deliver(sceneRun(runner, 'counts', 2))).toMatchObject({ reason: 'finished_before' });
    const closing = sceneRun(runner, 'counts', 4);
    expect(await runner.deliver(closing)).toMatchObject({ outcome: 'done', collected: 2 });
    expect(await runner.dependencies.runs.readRequest(closing.runId)).toMatchObject({
      body: { message: 'Which is it? {"a":2,"b":2}' },
    });
  });
});

const withDecisions = releases.filter((release) =>
  itemsOf(release).some(({ approval }) => approval !== undefined),
);

describe.each(withDecisions)(
  'a ledger with decisions and cancelling events that was written by %s',
  (release) => {
    beforeEach(async () => {
      await putItems(world, runner.table, itemsOf(release));
      runner.setClock(sceneAtMs + 25 * hourMs);
    });

    it('is obeyed: an approved run is made', async () => {
      expect(await runner.deliver(sceneRun(runner, 'dear', 1))).toMatchObject({ outcome: 'done' });
    });

    it('is obeyed: a run whose event is not later is cancelled', async () => {
      expect(await runner.deliver(sceneRun(runner, 'returns', 1))).toMatchObject({
        outcome: 'skipped',
        reason: 'cancelled',
      });
    });
  },
);
