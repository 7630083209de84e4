import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CallQuotas } from '../../functions/ledger/callQuotas.ts';
import { LedgerTable } from '../../functions/ledger/ledgerTable.ts';
import { noCounts, type PullCursor } from '../../functions/ledger/pullCursor.ts';
import { PullCursors } from '../../functions/ledger/pullCursors.ts';
import { PulledItems } from '../../functions/ledger/pulledItems.ts';
import { PullQueue } from '../../functions/pull/pullQueue.ts';
import { type RunMessage, writeRunMessage } from '../../functions/queue/runMessage.ts';
import { runMessage } from '../unit/runMessages.ts';
import { drain, startWorld, type World } from './world.ts';

const nowMs = Date.parse('2026-11-20T12:00:00Z');
const endsAtMs = nowMs + 86_400_000;

let world: World;
let table: LedgerTable;
let cursors: PullCursors;
let triggers = 0;

beforeAll(async () => {
  world = await startWorld();
  table = new LedgerTable(world.clients.dynamodb, world.table);
  cursors = new PullCursors(table);
});

afterAll(() => world.stop());

/** Begins the first occurrence of a pull that nobody else has. */
async function begun(): Promise<PullCursor> {
  triggers += 1;
  const begin = await cursors.begin({
    trigger: `pulls-${triggers}`,
    occurrence: 'first',
    state: { page: 1 },
    nowMs,
    endsAtMs,
  });
  if (begin.kind !== 'begun') {
    throw new Error(begin.kind);
  }
  return begin.cursor;
}

describe('the cursor of a pull', () => {
  it('begins once, and one occurrence at a time', async () => {
    const { trigger, state, version, isAtWork } = await begun();
    expect({ state, version, isAtWork }).toEqual({ state: { page: 1 }, version: 0, isAtWork: true });
    const start = { trigger, state: {}, nowMs, endsAtMs };
    expect((await cursors.begin({ ...start, occurrence: 'first' })).kind).toBe('repeated');
    expect((await cursors.begin({ ...start, occurrence: 'second' })).kind).toBe('skipped');
    expect((await cursors.begin({ ...start, occurrence: 'second' })).kind).toBe('known');
    const overdue = { ...start, occurrence: 'third', nowMs: endsAtMs };
    expect((await cursors.begin(overdue)).kind).toBe('begun');
  });

  it('begins once when many start it at the same time', async () => {
    const start = { trigger: 'crowd', occurrence: 'first', state: {}, nowMs, endsAtMs };
    const kinds = await Promise.all(Array.from({ length: 8 }, async () => (await cursors.begin(start)).kind));
    expect(kinds.filter((kind) => kind === 'begun')).toHaveLength(1);
    expect(new Set(kinds)).toEqual(new Set(['begun', 'repeated']));
  });

  it('is taken by one delivery, which stores a step and gives it back', async () => {
    const { trigger } = await begun();
    const lease = { trigger, occurrence: 'first', owner: 'a' };
    expect((await cursors.take(lease, nowMs, nowMs + 1_000)).kind).toBe('taken');
    const other = { ...lease, owner: 'b' };
    expect(await cursors.take(other, nowMs, nowMs + 1_000)).toEqual({
      kind: 'leased',
      untilMs: nowMs + 1_000,
    });
    const next = { state: { page: 2 }, dueAtMs: nowMs + 5, counts: { ...noCounts, steps: 1 } };
    expect(await cursors.advance(other, 0, next)).toBe(false);
    expect(await cursors.advance(lease, 1, next)).toBe(false);
    expect(await cursors.advance(lease, 0, next)).toBe(true);
    const taken = await cursors.take(other, nowMs, nowMs + 1_000);
    expect(taken).toMatchObject({
      kind: 'taken',
      cursor: { version: 1, state: { page: 2 }, dueAtMs: nowMs + 5, failures: 0, counts: { steps: 1 } },
    });
    expect((await cursors.take(lease, nowMs + 1_000, nowMs + 2_000)).kind).toBe('taken');
  });

  it('waits, is released, and ends without its state', async () => {
    const cursor = await begun();
    const { trigger } = cursor;
    const lease = { trigger, occurrence: 'first', owner: 'a' };
    await cursors.take(lease, nowMs, nowMs + 1_000);
    const waits = { dueAtMs: nowMs + 9, failures: 2, waitsFor: 'SendGrid answered 500' };
    expect(await cursors.wait(lease, waits)).toBe(true);
    expect((await cursors.read([trigger, 'never'])).get(trigger)).toMatchObject(waits);
    await cursors.take(lease, nowMs, nowMs + 1_000);
    await cursors.release(lease);
    await cursors.take(lease, nowMs, nowMs + 1_000);
    const end = { status: 'done', counts: { ...noCounts, runs: 3 } } as const;
    expect(await cursors.end(lease, cursor, end, nowMs + 50)).toBe(true);
    expect(await cursors.end(lease, cursor, end, nowMs + 60)).toBe(false);
    expect((await cursors.take(lease, nowMs, nowMs + 1_000)).kind).toBe('over');
    const item = await world.item(`pull#${trigger}`);
    expect(item).not.toHaveProperty('state');
    expect((await cursors.read([trigger])).get(trigger)?.last).toEqual({
      occurrence: 'first',
      startedAtMs: nowMs,
      endedAtMs: nowMs + 50,
      ...end,
    });
    const again = { trigger, occurrence: 'second', state: {}, nowMs, endsAtMs };
    expect(await cursors.begin(again)).toMatchObject({ kind: 'begun', cursor: { last: end } });
  });

  it('is ended by force, whoever works on it', async () => {
    const cursor = await begun();
    await cursors.take({ ...cursor, owner: 'a' }, nowMs, nowMs + 1_000);
    const stop = { status: 'stopped', detail: 'Ann stopped it' } as const;
    expect(await cursors.endByForce(cursor, stop, nowMs)).toBe(true);
    expect(await cursors.endByForce(cursor, stop, nowMs)).toBe(false);
    expect((await cursors.read([cursor.trigger])).get(cursor.trigger)?.last).toMatchObject(stop);
  });
});

describe('the items of a pull', () => {
  it('are known as they were last queued, and are kept longer when they are seen again', async () => {
    const items = new PulledItems(table);
    const queued = Array.from({ length: 130 }, (_none, index) => ({
      item: `i-${index}`,
      userId: `u-${index}`,
      digest: 'd',
      numbers: { size: index },
    }));
    await items.keep('pulls', { occurrence: 'first', step: 0 }, queued, nowMs);
    const names = [...queued.map(({ item }) => item), 'never'];
    const found = await items.read('pulls', names);
    expect(found.size).toBe(130);
    const expiresAtSeconds = nowMs / 1000 + 400 * 86_400;
    expect(found.get('i-7')).toEqual({
      digest: 'd',
      numbers: { size: 7 },
      occurrence: 'first',
      step: 0,
      expiresAtSeconds,
    });
    await items.renew('pulls', found, nowMs + 86_400_000);
    expect((await items.read('pulls', ['i-7'])).get('i-7')?.expiresAtSeconds).toBe(expiresAtSeconds);
    const laterMs = nowMs + 30 * 86_400_000;
    await items.renew('pulls', found, laterMs);
    expect((await items.read('pulls', ['i-7'])).get('i-7')?.expiresAtSeconds).toBe(
      laterMs / 1000 + 400 * 86_400,
    );
    expect(await items.read('other', ['i-7'])).toEqual(new Map());
  });
});

describe('the quota of a month', () => {
  it('is never exceeded, and takes back what was not called', async () => {
    const quotas = new CallQuotas(table);
    const quota = { name: 'previews', of: 'spa_1', calls: 5 };
    const taken = await Promise.all(Array.from({ length: 9 }, () => quotas.take(quota, nowMs)));
    expect(taken.filter(Boolean)).toHaveLength(5);
    await quotas.giveBack(quota, nowMs);
    expect([await quotas.take(quota, nowMs), await quotas.take(quota, nowMs)]).toEqual([true, false]);
    expect(await quotas.take({ ...quota, of: 'spa_2' }, nowMs)).toBe(true);
    expect(await quotas.take(quota, Date.parse('2026-12-01T00:00:00Z'))).toBe(true);
  });
});

describe('the queues of the puller', () => {
  it('take messages of pulls, and runs in batches', async () => {
    const [pulls, bulk] = [await world.newQueue(), await world.newQueue()];
    const queue = new PullQueue(world.clients.sqs, { pulls, bulk });
    const step = { version: 1, kind: 'step', trigger: 'pulls', occurrence: 'first', step: 3 } as const;
    await queue.send(step, nowMs, nowMs);
    const runs = Array.from(
      { length: 25 },
      (_none, index): RunMessage => runMessage({ messageId: `m-${index}`, route: '~pull' }),
    );
    await queue.sendRuns(runs);
    const bodiesIn = async (url: string): Promise<readonly string[]> =>
      (await drain(world.clients.sqs, url)).map(({ Body = '' }) => Body);
    expect((await bodiesIn(pulls)).map((body) => JSON.parse(body))).toEqual([step]);
    expect(new Set(await bodiesIn(bulk))).toEqual(new Set(runs.map(writeRunMessage)));
  });
});
