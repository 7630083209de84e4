import { randomBytes } from 'node:crypto';
import { BatchWriteItemCommand } from '@aws-sdk/client-dynamodb';
import fc from 'fast-check';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { Collections } from '../../functions/ledger/collections.ts';
import type { CollectionPart } from '../../functions/ledger/collectionWrites.ts';
import { LedgerTable } from '../../functions/ledger/ledgerTable.ts';
import type { RunLease } from '../../functions/ledger/runLease.ts';
import { Runs } from '../../functions/ledger/runs.ts';
import { readItems } from './ledgerScene.ts';
import { newRun } from './runnerWorld.ts';
import { CallLostError, type Loss, loseCalls, newClient } from './troubledLedger.ts';
import { startWorld, type World } from './world.ts';

const nowMs = Date.parse('2026-11-20T12:00:00Z');
const withinMs = 3_600_000;
const key = 'tally#of-all';
const expiresAtSeconds = nowMs / 1000 + 100_000;

let world: World;
let table: string;
let runs: Runs;
let collections: Collections;

beforeAll(async () => {
  world = await startWorld();
});

afterAll(() => world.stop());

beforeEach(async () => {
  table = await world.newTable();
  runs = new Runs(new LedgerTable(world.clients.dynamodb, table));
  collections = new Collections(new LedgerTable(world.clients.dynamodb, table));
});

async function newLease(): Promise<RunLease> {
  const lease = { runId: randomBytes(20).toString('hex'), owner: 'me' };
  const times = { nowMs, leaseUntilMs: nowMs + 60_000, expiresAtSeconds };
  await runs.take(lease, newRun('count', nowMs, { runId: lease.runId }), times);
  return lease;
}

/** Leases of many runs, whose items have only what a lease needs. */
async function newLeases(number: number): Promise<readonly RunLease[]> {
  const leases = Array.from({ length: number }, () => ({
    runId: randomBytes(20).toString('hex'),
    owner: 'me',
  }));
  for (let start = 0; start < number; start += 25) {
    const requests = leases.slice(start, start + 25).map(({ runId, owner }) => ({
      PutRequest: { Item: { pk: { S: `run#${runId}` }, owner: { S: owner } } },
    }));
    await world.clients.dynamodb.send(new BatchWriteItemCommand({ RequestItems: { [table]: requests } }));
  }
  return leases;
}

interface Counting {
  readonly atMs?: number;
  readonly maxCount?: number;
  readonly isBeyond?: boolean;
  readonly by?: Collections;
}

function count(lease: RunLease, names: readonly string[], more: Counting = {}): Promise<CollectionPart> {
  const { atMs = nowMs, maxCount = 1_000_000, isBeyond = false, by = collections } = more;
  const options = { key, nowMs: atMs, maxCount, withinMs, expiresAtSeconds };
  return by.count(lease, { ...options, event: { names, isBeyond } });
}

/** The counters of a tally that a run has closed. */
async function closed(part: CollectionPart): Promise<{ count: number; beyond: number; byName: object }> {
  if (part.kind !== 'closer') {
    throw new Error(`The run is ${part.kind}`);
  }
  const { byName, beyond } = await collections.counters(part.collection);
  return { count: part.count, beyond, byName: Object.fromEntries(byName) };
}

describe('events that are counted', () => {
  it('are counted exactly by four runners, five times as many as a collection keeps', async () => {
    const devices = ['phone', 'tablet', 'desktop', 'unknown'];
    const leases = await newLeases(5_000);
    let next = 0;
    const work = async (by: Collections): Promise<void> => {
      for (let index = next; index < leases.length; index = next) {
        next += 1;
        const lease = leases[index] ?? { runId: '', owner: '' };
        const part = await count(lease, [devices[index % 4] ?? ''], { by });
        expect(['opener', 'member']).toContain(part.kind);
        if (index % 40 === 0) {
          // The same run once more, as after a lost answer.
          expect(await count(lease, [devices[index % 4] ?? ''], { by })).toEqual({ kind: 'lost' });
        }
      }
    };
    const runners = Array.from(
      { length: 4 },
      () => new Collections(new LedgerTable(world.clients.dynamodb, table)),
    );
    await Promise.all(runners.flatMap((runner) => Array.from({ length: 25 }, () => work(runner))));
    const last = await count(await newLease(), ['phone'], { atMs: nowMs + withinMs });
    expect(await closed(last)).toEqual({
      count: 5_001,
      beyond: 0,
      byName: { phone: 1_251, tablet: 1_250, desktop: 1_250, unknown: 1_250 },
    });
  }, 600_000);

  it('close a tally when there are enough of them, and the others open the next one', async () => {
    const leases = await Promise.all(Array.from({ length: 25 }, newLease));
    const parts = await Promise.all(leases.map((lease) => count(lease, ['a'], { maxCount: 10 })));
    const closers = parts.filter(({ kind }) => kind === 'closer');
    expect(await Promise.all(closers.map(closed))).toEqual([
      { count: 10, beyond: 0, byName: { a: 10 } },
      { count: 10, beyond: 0, byName: { a: 10 } },
    ]);
  });

  it('are counted for the run that opened the tally, when its time is over', async () => {
    const opener = await newLease();
    expect(await count(opener, ['a'])).toEqual({ kind: 'opener', closesAtMs: nowMs + withinMs });
    expect(await count(await newLease(), ['b', 'c'])).toEqual({ kind: 'member' });
    const joined = { id: `${opener.runId}-${nowMs}`, key };
    expect(await collections.resume(opener, joined, { nowMs, expiresAtSeconds })).toMatchObject({
      kind: 'opener',
    });
    const part = await collections.resume(opener, joined, { nowMs: nowMs + withinMs, expiresAtSeconds });
    expect(await closed(part)).toEqual({ count: 2, beyond: 0, byName: { a: 1, b: 1, c: 1 } });
    expect(await count(await newLease(), ['a'], { atMs: nowMs + withinMs })).toMatchObject({
      kind: 'opener',
    });
  });

  it('leave no event in the ledger: the run items and the counters are all there is', async () => {
    await count(await newLease(), ['a']);
    await count(await newLease(), ['a'], { atMs: nowMs + withinMs });
    const kinds = (await readItems(world, table)).map(({ pk }) => pk?.S?.split('#')[0]);
    expect(kinds.toSorted()).toEqual(['collected', 'run', 'run', 'tally']);
  });

  it('are counted by up to 100 names: those of further names count as other, once an event', async () => {
    for (let index = 0; index < 100; index += 1) {
      await count(await newLease(), [`name-${index}`]);
    }
    await count(await newLease(), ['name-7', 'one-more', 'another']);
    await count(await newLease(), ['other', 'one-more']);
    await count(await newLease(), [], { isBeyond: true });
    const part = await count(await newLease(), ['name-7'], { atMs: nowMs + withinMs });
    const { byName, ...counts } = await closed(part);
    expect(counts).toEqual({ count: 104, beyond: 3 });
    expect(Object.keys(byName)).toHaveLength(101);
    expect(byName).toMatchObject({ 'name-7': 3, 'name-99': 1, other: 3 });
  });

  it('of a run that another delivery has taken over are counted by that one, and those beside it all the same', async () => {
    const leases = await Promise.all(Array.from({ length: 5 }, newLease));
    const parts = await Promise.all(
      leases.map((lease, index) => count(index === 2 ? { ...lease, owner: 'gone' } : lease, ['a'])),
    );
    expect(parts.map(({ kind }) => kind).toSorted()).toEqual([
      'lost',
      'member',
      'member',
      'member',
      'opener',
    ]);
    const part = await count(await newLease(), ['a'], { atMs: nowMs + withinMs });
    expect(await closed(part)).toEqual({ count: 5, beyond: 0, byName: { a: 5 } });
  });
});

const stories = fc.record({
  runs: fc.integer({ min: 1, max: 15 }),
  maxCount: fc.integer({ min: 1, max: 6 }),
  losses: fc.array(fc.constantFrom<Loss>(undefined, undefined, 'before', 'after'), { maxLength: 40 }),
});

describe('events whose deliveries die at any step', () => {
  it('are counted once each, in a tally that one run alone closes', async () => {
    await fc.assert(
      fc.asyncProperty(stories, async ({ runs: number, maxCount, losses }) => {
        table = await world.newTable();
        runs = new Runs(new LedgerTable(world.clients.dynamodb, table));
        collections = new Collections(new LedgerTable(world.clients.dynamodb, table));
        const client = await newClient(world);
        const left = [...losses];
        loseCalls(client, (command) => (command === 'TransactWriteItemsCommand' ? left.shift() : undefined));
        const by = new Collections(new LedgerTable(client, table));
        const runIds = Array.from({ length: number }, () => randomBytes(20).toString('hex'));
        const parts = await Promise.all(runIds.map((runId) => deliverUntilEnd(runId, by, maxCount)));
        const tallies = await Promise.all(parts.filter(({ kind }) => kind === 'closer').map(closed));
        const total = tallies.reduce((sum, tally) => sum + tally.count, 0);
        expect(total).toBe(number);
        expect(tallies.map(({ byName }) => byName)).toEqual(tallies.map((tally) => ({ a: tally.count })));
        client.destroy();
      }),
      { numRuns: 40 },
    );
  });
});

/** Delivers a run until it has closed its tally, or another run has: a delivery that dies is followed by the next one. */
async function deliverUntilEnd(runId: string, by: Collections, maxCount: number): Promise<CollectionPart> {
  for (let delivery = 0; ; delivery += 1) {
    const lease = { runId, owner: `delivery-${delivery}` };
    const takenAtMs = nowMs + delivery * 60_000;
    const times = { nowMs: takenAtMs, leaseUntilMs: takenAtMs + 60_000, expiresAtSeconds };
    const taken = await runs.take(lease, newRun('count', nowMs, { runId }), times);
    if (taken.kind !== 'taken') {
      throw new Error(`The run is ${taken.kind}`);
    }
    const { collection, collected } = taken;
    if (collection !== undefined && collected !== undefined) {
      return { kind: 'closer', collection: collection.id, count: collected };
    }
    try {
      const atMs = nowMs + withinMs;
      const part = await (collection === undefined
        ? count(lease, ['a'], { by, maxCount })
        : by.resume(lease, collection, { nowMs: atMs, expiresAtSeconds }));
      if (part.kind !== 'opener') {
        return part;
      }
    } catch (error) {
      if (!(error instanceof CallLostError)) {
        throw error;
      }
    }
  }
}
