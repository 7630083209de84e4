import { randomBytes, randomUUID } from 'node:crypto';
import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Collections } from '../../functions/ledger/collections.ts';
import { LedgerTable } from '../../functions/ledger/ledgerTable.ts';
import { Runs } from '../../functions/ledger/runs.ts';
import { listOf } from './listOf.ts';
import { newRun } from './runnerWorld.ts';
import { CallLostError, type Loss, loseCalls, newClient } from './troubledLedger.ts';
import { startWorld, type World } from './world.ts';

const nowMs = Date.parse('2026-11-20T12:00:00Z');
const leaseMs = 60_000;
const withinMs = 3_600_000;
const expiresAtSeconds = 2_000_000_000;
const key = 'collection#of-all';

let world: World;

beforeAll(async () => {
  world = await startWorld();
});

afterAll(() => world.stop());

/** The collection that a run closes. */
interface ClosedCollection {
  readonly collection: string;
  readonly count: number;
}

/** Runs that collect events in deliveries that die; the next delivery goes on. */
class Collecting {
  readonly #runs: Runs;
  readonly #collections: Collections;
  readonly #maxCount: number;
  readonly #deliveries = new Map<string, number>();

  constructor(sound: DynamoDBClient, dying: DynamoDBClient, table: string, maxCount: number) {
    this.#runs = new Runs(new LedgerTable(sound, table));
    this.#collections = new Collections(new LedgerTable(dying, table));
    this.#maxCount = maxCount;
  }

  /** Delivers a run until one delivery has lived. */
  async deliver(runId: string, atMs: number): Promise<ClosedCollection | undefined> {
    for (;;) {
      try {
        return await this.#deliverOnce(runId, atMs);
      } catch (error) {
        if (!(error instanceof CallLostError)) {
          throw error;
        }
      }
    }
  }

  async events({ collection, count }: ClosedCollection): Promise<readonly string[]> {
    return await listOf(this.#collections.events(collection, count));
  }

  async #deliverOnce(runId: string, atMs: number): Promise<ClosedCollection | undefined> {
    const deliveries = this.#deliveries.get(runId) ?? 0;
    this.#deliveries.set(runId, deliveries + 1);
    // Each delivery comes when the lease of the one before it is over.
    const takenAtMs = nowMs + deliveries * leaseMs;
    const lease = { runId, owner: randomUUID() };
    const options = { nowMs: takenAtMs, leaseUntilMs: takenAtMs + leaseMs, expiresAtSeconds };
    const taken = await this.#runs.take(lease, newRun('collect', nowMs, { runId }), options);
    if (taken.kind !== 'taken') {
      throw new Error(`The run is ${taken.kind}`);
    }
    const { collection: joined, collected } = taken;
    if (joined !== undefined && collected !== undefined) {
      return { collection: joined.id, count: collected };
    }
    const when = { nowMs: atMs, expiresAtSeconds };
    const part =
      joined === undefined
        ? await this.#collections.join(lease, {
            ...when,
            key,
            event: runId,
            maxCount: this.#maxCount,
            maxBytes: 1_000_000,
            withinMs,
          })
        : await this.#collections.resume(lease, joined, when);
    return part.kind === 'closer' ? part : undefined;
  }
}

const stories = fc.record({
  runs: fc.integer({ min: 1, max: 12 }),
  late: fc.integer({ min: 0, max: 4 }),
  maxCount: fc.integer({ min: 1, max: 5 }),
  losses: fc.array(fc.constantFrom<Loss>(undefined, undefined, 'before', 'after'), { maxLength: 40 }),
});

describe('events of runs whose deliveries die at any step', () => {
  it('each event is in one collection, which one run alone closes', async () => {
    await fc.assert(
      fc.asyncProperty(stories, async ({ runs, late, maxCount, losses }) => {
        const table = await world.newTable();
        const dying = await newClient(world);
        const left = [...losses];
        loseCalls(dying, (command) => (command === 'TransactWriteItemsCommand' ? left.shift() : undefined));
        const collecting = new Collecting(world.clients.dynamodb, dying, table, maxCount);
        const newIds = (length: number): string[] =>
          Array.from({ length }, () => randomBytes(20).toString('hex'));
        const early = newIds(runs);
        await Promise.all(early.map((runId) => collecting.deliver(runId, nowMs)));
        // All that waits comes back when the window is over, and so do new ones.
        const atMs = nowMs + withinMs;
        const lateOnes = newIds(late);
        await Promise.all([...early, ...lateOnes].map((runId) => collecting.deliver(runId, atMs)));
        const all = [...early, ...lateOnes];
        const ends = await Promise.all(all.map((runId) => collecting.deliver(runId, atMs + withinMs)));
        const closed = ends.flatMap((end) => end ?? []);
        const events = await Promise.all(closed.map((one) => collecting.events(one)));
        expect(events.map(({ length }) => length)).toEqual(closed.map(({ count }) => count));
        expect(events.flat().sort()).toEqual([...all].sort());
        dying.destroy();
      }),
      { numRuns: 40 },
    );
  });
});
