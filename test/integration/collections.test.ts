import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { Collections } from '../../functions/ledger/collections.ts';
import type { CollectionPart } from '../../functions/ledger/collectionWrites.ts';
import { LedgerTable } from '../../functions/ledger/ledgerTable.ts';
import type { RunSoFar, TakenRun } from '../../functions/ledger/runItem.ts';
import type { RunLease } from '../../functions/ledger/runLease.ts';
import { Runs } from '../../functions/ledger/runs.ts';
import { listOf } from './listOf.ts';
import { newRun } from './runnerWorld.ts';
import { CallLostError, letTransactionsConflict, loseCalls, newClient } from './troubledLedger.ts';
import { startWorld, type World } from './world.ts';

const nowMs = Date.parse('2026-11-20T12:00:00Z');
const withinMs = 3_600_000;
const key = 'collection#of-all';
const expiresAtSeconds = nowMs / 1000 + 100_000;
/** When the window is over. */
const end = { nowMs: nowMs + withinMs, expiresAtSeconds };

type Joined = NonNullable<RunSoFar['collection']>;

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
  await take(lease, nowMs);
  return lease;
}

function take(lease: RunLease, atMs: number): Promise<TakenRun> {
  const message = newRun('collect', nowMs, { runId: lease.runId });
  return runs.take(lease, message, { nowMs: atMs, leaseUntilMs: atMs + 60_000, expiresAtSeconds });
}

function join(
  lease: RunLease,
  event: string,
  more: { atMs?: number; maxCount?: number; maxBytes?: number; by?: Collections } = {},
): Promise<CollectionPart> {
  const { atMs = nowMs, maxCount = 20, maxBytes = 32_000_000, by = collections } = more;
  return by.join(lease, { key, event, nowMs: atMs, maxCount, maxBytes, withinMs, expiresAtSeconds });
}

/** What the run has joined, as its next delivery finds it. */
async function joinedBy(lease: RunLease): Promise<Joined> {
  const taken = await take({ ...lease, owner: 'next' }, nowMs + 60_000);
  if (taken.kind !== 'taken' || taken.collection === undefined) {
    throw new Error('The run has joined nothing');
  }
  return taken.collection;
}

/** A collection of one event, whose opener is leased by its next delivery. */
async function newCollection(): Promise<{ opener: RunLease; next: RunLease; joined: Joined }> {
  const opener = await newLease();
  await join(opener, 'a');
  return { opener, next: { ...opener, owner: 'next' }, joined: await joinedBy(opener) };
}

describe('events that are collected', () => {
  it('each time that there are enough events a collection closes, and each event is in one', async () => {
    const leases = await Promise.all(Array.from({ length: 60 }, newLease));
    const parts = await Promise.all(leases.map((lease, index) => join(lease, `event-${index}`)));
    const closers = parts.flatMap((part) => (part.kind === 'closer' ? [part] : []));
    expect(closers.map(({ count }) => count)).toEqual([20, 20, 20]);
    const events = await Promise.all(
      closers.map(({ collection, count }) => listOf(collections.events(collection, count))),
    );
    expect(new Set(events.flat()).size).toBe(60);
    expect(parts.filter(({ kind }) => kind === 'opener')).toHaveLength(3);
  });

  // The most runs that the runner can be set to work on.
  it('all events join a collection however many arrive at once', async () => {
    const leases = await Promise.all(Array.from({ length: 100 }, newLease));
    const parts = await Promise.allSettled(
      leases.map((lease, index) => join(lease, `event-${index}`, { maxCount: 1_000 })),
    );
    expect(parts.flatMap((part) => (part.status === 'rejected' ? [String(part.reason)] : []))).toEqual([]);
  }, 180_000);

  it('collections close in the same way when their transactions conflict', async () => {
    const client = await newClient(world);
    const conflicts = letTransactionsConflict(client, 20);
    collections = new Collections(new LedgerTable(client, table));
    const leases = await Promise.all(Array.from({ length: 20 }, newLease));
    const parts = await Promise.all(leases.map((lease, index) => join(lease, `${index}`, { maxCount: 5 })));
    const closers = parts.flatMap((part) => (part.kind === 'closer' ? [part] : []));
    expect(closers.map(({ count }) => count)).toEqual([5, 5, 5, 5]);
    const events = await Promise.all(
      closers.map(({ collection, count }) => listOf(collections.events(collection, count))),
    );
    expect(new Set(events.flat()).size).toBe(20);
    expect(conflicts.count).toBeGreaterThan(0);
  });

  it('the run that opened the collection closes it when the window is over', async () => {
    const opener = await newLease();
    expect(await join(opener, 'a')).toEqual({ kind: 'opener', closesAtMs: nowMs + withinMs });
    const member = await newLease();
    expect(await join(member, 'b')).toEqual({ kind: 'member' });
    const joined = await joinedBy(opener);
    const next = { ...opener, owner: 'next' };
    const early = { ...end, nowMs: end.nowMs - 1 };
    expect(await collections.resume(next, joined, early)).toMatchObject({ kind: 'opener' });
    const part = await collections.resume(next, joined, end);
    expect(part).toMatchObject({ kind: 'closer', count: 2 });
    expect(part.kind === 'closer' && (await listOf(collections.events(part.collection, 2)))).toEqual([
      'a',
      'b',
    ]);
    expect(await collections.resume(member, await joinedBy(member), { nowMs, expiresAtSeconds })).toEqual({
      kind: 'member',
    });
  });

  it('the first late run closes the collection when the opener did not come back', async () => {
    await join(await newLease(), 'a');
    const late = await join(await newLease(), 'b', { atMs: nowMs + withinMs });
    expect(late).toMatchObject({ kind: 'closer', count: 2 });
    expect(await join(await newLease(), 'c', { atMs: nowMs + withinMs })).toMatchObject({ kind: 'opener' });
  });

  it("only the delivery that has the opener's lease closes the collection, and the next one after a crash", async () => {
    const { opener, next, joined } = await newCollection();
    expect(await collections.resume(opener, joined, end)).toEqual({ kind: 'lost' });
    expect(await collections.resume(next, joined, end)).toMatchObject({ kind: 'closer', count: 1 });
    const third = { ...opener, owner: 'third' };
    expect(await take(third, end.nowMs)).toMatchObject({ collection: joined, collected: 1 });
    expect(await collections.resume(third, joined, end)).toEqual({ kind: 'member' });
    expect(await listOf(collections.events(joined.id, 1))).toEqual(['a']);
    expect(await join(await newLease(), 'b', { atMs: end.nowMs })).toMatchObject({ kind: 'opener' });
  });

  it('the collection is closed once when opener and late runs come at the same moment', async () => {
    const { next, joined } = await newCollection();
    const leases = await Promise.all(Array.from({ length: 10 }, newLease));
    const parts = await Promise.all([
      collections.resume(next, joined, end),
      ...leases.map((lease, index) => join(lease, `late-${index}`, { atMs: end.nowMs })),
    ]);
    const closing = parts.flatMap((part) => (part.kind === 'closer' ? [part] : []));
    expect(closing).toEqual([{ kind: 'closer', collection: joined.id, count: expect.any(Number) }]);
    const ids = new Set((await Promise.all(leases.map(joinedBy))).map(({ id }) => id));
    const events = await Promise.all([...ids.add(joined.id)].map((id) => listOf(collections.events(id, 20))));
    expect(events.flat().sort()).toEqual(['a', ...leases.map((_lease, index) => `late-${index}`)]);
  });

  it('a run joins no second collection, and none when another delivery has its lease', async () => {
    const lease = await newLease();
    await join(lease, 'a');
    expect(await join(lease, 'a')).toEqual({ kind: 'lost' });
    const other = await newLease();
    expect(await join({ ...other, owner: 'another' }, 'b')).toEqual({ kind: 'lost' });
  });

  it('all events of a collection are read, also when they are more than one read takes', async () => {
    let last: CollectionPart = { kind: 'member' };
    for (let index = 0; index < 150; index += 1) {
      last = await join(await newLease(), `event-${index}`, { maxCount: 150 });
    }
    expect(last).toMatchObject({ kind: 'closer', count: 150 });
    const events = last.kind === 'closer' ? await listOf(collections.events(last.collection, 150)) : [];
    expect(events).toEqual(Array.from({ length: 150 }, (_none, index) => `event-${index}`));
  });
});

/** JSON of so many bytes that deflates to about three quarters of them. */
function largeEvent(bytes: number): string {
  return JSON.stringify(randomBytes((bytes * 3) / 4 - 2).toString('base64'));
}

/** Closes a collection of these events and reads it. */
async function collected(events: readonly string[]): Promise<readonly string[]> {
  let last: CollectionPart = { kind: 'member' };
  for (const event of events) {
    last = await join(await newLease(), event, { maxCount: events.length });
  }
  return last.kind === 'closer' ? await listOf(collections.events(last.collection, last.count)) : [];
}

describe('events that are larger than an item of the ledger', () => {
  it.each([
    ['the largest event that fits into one item', [largeEvent(350_000)]],
    ['an event that is just larger', [largeEvent(350_004)]],
    ['an event as large as a message', [largeEvent(1_048_576)]],
    ['characters of several bytes, which deflate well', [JSON.stringify('é🎉'.repeat(150_000))]],
    ['small and large events', ['"a"', largeEvent(700_000), '"b"', largeEvent(1_000_000), '"c"']],
    [
      'more of them than one read takes',
      Array.from({ length: 45 }, (_none, n) => largeEvent(n % 9 === 0 ? 400_000 : 80)),
    ],
  ])('are collected whole, in order: %s', async (_what, events) => {
    const read = await collected(events);
    expect(read.map(({ length }) => length)).toEqual(events.map(({ length }) => length));
    expect(read.every((event, index) => event === events[index])).toBe(true);
  });

  it.each(['before', 'after'] as const)(
    'are collected once and whole when a delivery dies at a write of theirs: %s it is made',
    async (loss) => {
      const lost = largeEvent(700_000);
      for (const [name, call] of [
        ['PutItemCommand', 0],
        ['PutItemCommand', 1],
        ['TransactWriteItemsCommand', 0],
      ] as const) {
        const dying = await newClient(world);
        let calls = 0;
        loseCalls(dying, (command) => {
          calls += command === name ? 1 : 0;
          return command === name && calls === call + 1 ? loss : undefined;
        });
        const lease = await newLease();
        const by = new Collections(new LedgerTable(dying, table));
        await expect(join(lease, lost, { by })).rejects.toThrow(CallLostError);
        const next = { ...lease, owner: 'next' };
        const atMs = nowMs + 60_000;
        const taken = await take(next, atMs);
        const hasJoined = taken.kind === 'taken' && taken.collection !== undefined;
        expect(hasJoined).toBe(name === 'TransactWriteItemsCommand' && loss === 'after');
        if (!hasJoined) {
          await join(next, lost, { atMs });
        }
        const closed = await join(await newLease(), '"last"', { maxCount: 2 });
        const events =
          closed.kind === 'closer' ? await listOf(collections.events(closed.collection, closed.count)) : [];
        expect(events.map(({ length }) => length)).toEqual([lost.length, 6]);
        expect(events[0] === lost).toBe(true);
        dying.destroy();
      }
    },
  );

  it('are left out when a part of theirs is gone', async () => {
    const lease = await newLease();
    await join(lease, largeEvent(700_000));
    const last = await join(await newLease(), '"b"', { maxCount: 2 });
    await new LedgerTable(world.clients.dynamodb, table).delete({
      pk: `eventPart#${lease.runId}-${nowMs}#2`,
    });
    expect(last.kind === 'closer' && (await listOf(collections.events(last.collection, 2)))).toEqual(['"b"']);
  });

  it('close the collection when together they have as many bytes as a collection may have', async () => {
    const event = largeEvent(1_000);
    const maxBytes = 3 * event.length;
    const parts: CollectionPart[] = [];
    for (let index = 0; index < 5; index += 1) {
      parts.push(await join(await newLease(), event, { maxBytes }));
    }
    expect(parts.map(({ kind }) => kind)).toEqual(['opener', 'member', 'closer', 'opener', 'member']);
    expect(parts[2]).toMatchObject({ count: 3 });
    expect(await join(await newLease(), event, { maxBytes: 1, atMs: nowMs + 1 })).toMatchObject({
      kind: 'closer',
      count: 3,
    });
    expect(await join(await newLease(), event, { maxBytes: 1 })).toMatchObject({ kind: 'closer', count: 1 });
  });
});
