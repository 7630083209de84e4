import { randomBytes } from 'node:crypto';
import { PutItemCommand, UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { CreditReservation } from '../../functions/ledger/budgets.ts';
import { Budgets } from '../../functions/ledger/budgets.ts';
import { LedgerTable } from '../../functions/ledger/ledgerTable.ts';
import { dayOf, type RunEnd, type RunSoFar } from '../../functions/ledger/runItem.ts';
import type { RunLease } from '../../functions/ledger/runLease.ts';
import { type EndOptions, Runs, shownEvents, type TakeOptions } from '../../functions/ledger/runs.ts';
import type { RunMessage } from '../../functions/queue/runMessage.ts';
import { startWorld, type World } from './world.ts';

const nowMs = Date.parse('2026-11-20T12:00:00Z');

let world: World;
let runs: Runs;
let message: RunMessage;

beforeAll(async () => {
  world = await startWorld();
  runs = new Runs(new LedgerTable(world.clients.dynamodb, world.table));
});

afterAll(() => world.stop());

beforeEach(() => {
  message = {
    version: 1,
    runId: randomBytes(20).toString('hex'),
    trigger: 'plan-upgraded',
    source: 'segment',
    route: 'default',
    messageId: 'm-1',
    receivedAtMs: nowMs - 500,
    deadlineAtMs: nowMs + 60_000,
    event: { type: 'track', userId: 'u-1', properties: {}, traits: {}, context: {}, integrations: {} },
  };
});

const nowhere = { segment: false, segops: false };

function leaseOf(owner: string): RunLease {
  return { runId: message.runId, owner };
}

function termsAt(atMs: number): TakeOptions {
  return { nowMs: atMs, leaseUntilMs: atMs + 30_000, expiresAtSeconds: atMs / 1000 + 1000 };
}

/** A run item as far as it does not tell a history. */
const plain = { history: [], detailsKept: 0 } as const;
const untouched: RunSoFar = {
  attempts: 0,
  crashes: 0,
  parkings: 0,
  notBeforeMs: 0,
  lostCallAtMs: undefined,
  creditReservation: undefined,
  pending: undefined,
  collection: undefined,
  collected: undefined,
  detailsKept: 0,
  history: [],
};

function endAt(atMs: number, more: Partial<EndOptions> = {}): EndOptions {
  return { nowMs: atMs, history: [], answerLost: false, ...more };
}

/** Takes the run and ends it. */
async function end(state: RunEnd['state'], more: Partial<EndOptions> = {}): Promise<void> {
  await runs.take(leaseOf('a'), message, termsAt(nowMs));
  await runs.markCalling(leaseOf('a'), { attempts: 1, nowMs, history: [] });
  expect(await runs.finish(leaseOf('a'), { state, detail: 'so' }, endAt(nowMs, more))).toBe(true);
}

describe('a run', () => {
  it('a new run is taken by its first delivery, and its item is written', async () => {
    expect(await runs.take(leaseOf('a'), message, termsAt(nowMs))).toEqual({
      kind: 'taken',
      ...untouched,
    });
    expect(await world.item(`run#${message.runId}`)).toMatchObject({
      state: 'waiting',
      owner: 'a',
      trigger: 'plan-upgraded',
      messageId: 'm-1',
      userId: 'u-1',
      receivedAtMs: nowMs - 500,
      day: dayOf(message.runId, nowMs - 500),
      deadlineAtMs: nowMs + 60_000,
      expiresAt: nowMs / 1000 + 1000,
    });
  });

  it('every delivery writes the same day, and the release before may have written the plain one', async () => {
    const dayOfItem = async (): Promise<unknown> => (await world.item(`run#${message.runId}`))?.day;
    await runs.take(leaseOf('a'), message, termsAt(nowMs));
    const day = await dayOfItem();
    await world.clients.dynamodb.send(
      new UpdateItemCommand({
        TableName: world.table,
        Key: { pk: { S: `run#${message.runId}` } },
        UpdateExpression: 'SET #day = :day',
        ExpressionAttributeNames: { '#day': 'day' },
        ExpressionAttributeValues: { ':day': { S: '2026-11-20' } },
      }),
    );
    await runs.take(leaseOf('b'), message, termsAt(nowMs + 30_000));
    expect(await dayOfItem()).toBe(day);
  });

  it('one delivery at a time has the lease of a run', async () => {
    const all = await Promise.all(
      Array.from({ length: 50 }, (_, index) => runs.take(leaseOf(`${index}`), message, termsAt(nowMs))),
    );
    expect(all.filter(({ kind }) => kind === 'taken')).toHaveLength(1);
    expect(all.filter(({ kind }) => kind === 'busy')).toHaveLength(49);
  });

  it('the next delivery learns that the owner of a run died while it called Mavera', async () => {
    await runs.take(leaseOf('a'), message, termsAt(nowMs));
    await runs.markCalling(leaseOf('a'), { attempts: 1, nowMs, history: [] });
    expect(await runs.take(leaseOf('b'), message, termsAt(nowMs + 29_999))).toEqual({
      kind: 'busy',
      leaseUntilMs: nowMs + 30_000,
    });
    expect(await runs.take(leaseOf('b'), message, termsAt(nowMs + 30_000))).toEqual({
      kind: 'taken',
      ...untouched,
      attempts: 1,
      crashes: 1,
      deadlineAtMs: nowMs + 60_000,
      lostCallAtMs: nowMs,
    });
  });

  it('a delivery whose lease has ended cannot mark the run as calling', async () => {
    await runs.take(leaseOf('a'), message, termsAt(nowMs));
    expect(await runs.markCalling(leaseOf('a'), { attempts: 1, nowMs: nowMs + 30_000, history: [] })).toBe(
      false,
    );
    await runs.take(leaseOf('b'), message, termsAt(nowMs + 30_000));
    expect(await runs.markCalling(leaseOf('a'), { attempts: 1, nowMs: nowMs + 30_001, history: [] })).toBe(
      false,
    );
  });

  it('a run is released to wait, with or without counting the attempt', async () => {
    await runs.take(leaseOf('a'), message, termsAt(nowMs));
    await runs.markCalling(leaseOf('a'), { attempts: 1, nowMs, history: [] });
    await runs.release(leaseOf('a'), { nowMs, notBeforeMs: nowMs + 5_000, reason: 'mavera_503', ...plain });
    expect(await runs.take(leaseOf('b'), message, termsAt(nowMs))).toMatchObject({
      kind: 'taken',
      attempts: 1,
    });
    await runs.markCalling(leaseOf('b'), { attempts: 2, nowMs, history: [] });
    await runs.release(leaseOf('b'), {
      nowMs,
      notBeforeMs: nowMs,
      reason: 'mavera_402',
      ...plain,
      call: { attempts: 1, answerLost: false },
    });
    expect(await world.item(`run#${message.runId}`)).toMatchObject({ attempts: 1, reason: 'mavera_402' });
  });

  it('a run keeps a call whose answer was lost until it is settled', async () => {
    const waiting = { nowMs, notBeforeMs: nowMs, reason: 'answer_lost', ...plain };
    const lostCall = async (): Promise<unknown> => {
      const taken = await runs.take(leaseOf('next'), message, termsAt(nowMs));
      await runs.release(leaseOf('next'), waiting);
      return taken.kind === 'taken' ? taken.lostCallAtMs : taken.kind;
    };
    await runs.take(leaseOf('a'), message, termsAt(nowMs));
    await runs.markCalling(leaseOf('a'), { attempts: 1, nowMs, history: [] });
    await runs.release(leaseOf('a'), { ...waiting, call: { attempts: 1, answerLost: true } });
    expect(await lostCall()).toBe(nowMs);
    expect(await lostCall()).toBe(nowMs);
    await runs.take(leaseOf('b'), message, termsAt(nowMs));
    await runs.markCalling(leaseOf('b'), { attempts: 2, nowMs: nowMs + 5, history: [] });
    await runs.release(leaseOf('b'), { ...waiting, call: { attempts: 2, answerLost: false } });
    expect(await lostCall()).toBeUndefined();
  });

  it('a run is finished once, and later deliveries find its end', async () => {
    await runs.take(leaseOf('a'), message, termsAt(nowMs));
    const result = JSON.stringify({ content: 'Because…' });
    expect(
      await runs.finish(leaseOf('a'), { state: 'done', creditsUsed: 42, result }, endAt(nowMs + 100)),
    ).toBe(true);
    expect(await runs.take(leaseOf('b'), message, termsAt(nowMs + 1_000_000))).toEqual({
      kind: 'finished',
      finishedAtMs: nowMs + 100,
      reported: nowhere,
      end: { state: 'done', reason: 'done', detail: undefined, creditsUsed: 42, result },
    });
  });

  it('a delivery that has lost the lease changes nothing of the run', async () => {
    await runs.take(leaseOf('a'), message, termsAt(nowMs));
    await runs.take(leaseOf('b'), message, termsAt(nowMs + 30_000));
    expect(await runs.finish(leaseOf('a'), { state: 'failed', reason: 'expired' }, endAt(nowMs))).toBe(false);
    expect(await runs.release(leaseOf('a'), { nowMs, notBeforeMs: nowMs, reason: 'pace', ...plain })).toBe(
      false,
    );
    expect(await world.item(`run#${message.runId}`)).toMatchObject({ state: 'waiting', owner: 'b' });
  });

  it('a run keeps its history, and the work that Mavera has taken on', async () => {
    const history = [{ atMs: nowMs, what: 'waits', reason: 'focus_group_running' }] as const;
    await runs.take(leaseOf('a'), message, termsAt(nowMs));
    const wait = { nowMs, notBeforeMs: nowMs + 1, reason: 'focus_group_running', detailsKept: 2 } as const;
    await runs.release(leaseOf('a'), { ...wait, history, pendingId: 'fg-1' });
    expect(await runs.take(leaseOf('b'), message, termsAt(nowMs))).toMatchObject({
      pending: { id: 'fg-1', sinceMs: nowMs },
      detailsKept: 2,
      history,
    });
    await runs.finish(leaseOf('b'), { state: 'done' }, endAt(nowMs));
    expect(await world.item(`run#${message.runId}`)).not.toHaveProperty('pending');
  });

  it('the start of pending work stays the same however often it is polled', async () => {
    const wait = { nowMs, notBeforeMs: nowMs, reason: 'focus_group_running', ...plain };
    await runs.take(leaseOf('a'), message, termsAt(nowMs));
    await runs.release(leaseOf('a'), { ...wait, pendingId: 'fg-1' });
    await runs.take(leaseOf('b'), message, termsAt(nowMs + 60_000));
    await runs.release(leaseOf('b'), { ...wait, nowMs: nowMs + 60_000 });
    expect(await runs.take(leaseOf('c'), message, termsAt(nowMs + 120_000))).toMatchObject({
      pending: { id: 'fg-1', sinceMs: nowMs },
    });
  });

  it('the number of parkings is kept over other waits, and over an end that is redriven', async () => {
    const wait = { nowMs, notBeforeMs: nowMs, reason: 'pace_full', ...plain };
    const parkings = async (): Promise<unknown> => {
      const taken = await runs.take(leaseOf('next'), message, termsAt(nowMs));
      return taken.kind === 'taken' ? taken.parkings : taken.kind;
    };
    expect(await parkings()).toBe(0);
    await runs.release(leaseOf('next'), wait);
    expect(await world.item(`run#${message.runId}`)).not.toHaveProperty('parkings');
    expect(await parkings()).toBe(0);
    await runs.release(leaseOf('next'), { ...wait, parkings: 1 });
    expect(await parkings()).toBe(1);
    await runs.release(leaseOf('next'), wait);
    expect(await parkings()).toBe(1);
    await runs.finish(leaseOf('next'), { state: 'failed' }, endAt(nowMs));
    await runs.redrive(message.runId, 'n-1', nowMs, nowMs + 60_000);
    expect(await parkings()).toBe(1);
  });
});

describe('an ended run', () => {
  it.each(['done', 'failed', 'skipped'] as const)(
    'an ended run that is %s is redriven once for each nonce',
    async (state) => {
      await end(state);
      expect(await runs.redrive(message.runId, 'n-1', nowMs, nowMs + 60_000)).toBe(true);
      expect(await runs.take(leaseOf('b'), message, termsAt(nowMs))).toMatchObject({
        kind: 'taken',
        attempts: 0,
      });
      await runs.finish(leaseOf('b'), { state }, endAt(nowMs));
      expect(await runs.redrive(message.runId, 'n-1', nowMs, nowMs + 60_000)).toBe(false);
      expect(await runs.redrive(message.runId, 'n-2', nowMs, nowMs + 60_000)).toBe(true);
      expect(await world.item(`run#${message.runId}`)).not.toHaveProperty('detail');
    },
  );

  it('redrives that arrive at the same moment redrive a run once', async () => {
    await end('failed');
    const all = await Promise.all(
      Array.from({ length: 30 }, () => runs.redrive(message.runId, 'n-1', nowMs, nowMs + 60_000)),
    );
    expect(all.filter(Boolean)).toHaveLength(1);
  });

  it('a redriven run has nothing left of its end except its history', async () => {
    const history = [{ atMs: nowMs, what: 'done' }] as const;
    await runs.take(leaseOf('a'), message, termsAt(nowMs));
    const done: RunEnd = { state: 'done', detail: 'so', creditsUsed: 42, result: '{}' };
    await runs.finish(leaseOf('a'), done, endAt(nowMs, { history }));
    await runs.noteReport(message.runId, 'sent', nowMs);
    await runs.redrive(message.runId, 'n-1', nowMs + 1_000, nowMs + 60_000);
    const item = (await world.item(`run#${message.runId}`)) ?? {};
    for (const gone of ['detail', 'result', 'creditsUsed', 'segmentReport']) {
      expect(item).not.toHaveProperty(gone);
    }
    expect(await runs.readEnd(message.runId)).toMatchObject({ end: undefined, reported: nowhere });
    expect(await runs.take(leaseOf('b'), message, termsAt(nowMs))).toMatchObject({ attempts: 0, history });
  });

  it('the last write of an ended delivery that arrives after a redrive changes nothing', async () => {
    await runs.take(leaseOf('a'), message, termsAt(nowMs));
    const finish = (): Promise<boolean> => runs.finish(leaseOf('a'), { state: 'done' }, endAt(nowMs));
    expect(await finish()).toBe(true);
    await runs.redrive(message.runId, 'n-1', nowMs + 1_000, nowMs + 60_000);
    expect(await finish()).toBe(false);
    expect(await world.item(`run#${message.runId}`)).toMatchObject({ state: 'waiting', redrive: 'n-1' });
  });

  it('a run that waits is not redriven', async () => {
    await runs.take(leaseOf('a'), message, termsAt(nowMs));
    expect(await runs.redrive(message.runId, 'n-1', nowMs, nowMs + 60_000)).toBe(false);
  });

  it('a lost answer is still known after a redrive', async () => {
    await end('failed', { answerLost: true });
    await runs.redrive(message.runId, 'n-1', nowMs, nowMs + 60_000);
    expect(await runs.take(leaseOf('b'), message, termsAt(nowMs))).toMatchObject({ lostCallAtMs: nowMs });
  });

  it('an answer that came is not lost after a redrive', async () => {
    await end('failed');
    await runs.redrive(message.runId, 'n-1', nowMs, nowMs + 60_000);
    expect(await runs.take(leaseOf('b'), message, termsAt(nowMs))).toMatchObject({ lostCallAtMs: undefined });
  });

  it('an ended run is read with its end and whether its result was reported', async () => {
    expect(await runs.readEnd(message.runId)).toBeUndefined();
    await runs.take(leaseOf('a'), message, termsAt(nowMs));
    expect(await runs.readEnd(message.runId)).toMatchObject({ end: undefined });
    await runs.finish(leaseOf('a'), { state: 'done', result: '{}' }, endAt(nowMs));
    expect(await runs.readEnd(message.runId)).toMatchObject({ end: { state: 'done' }, reported: nowhere });
    await runs.noteReport(message.runId, 'failed', nowMs);
    expect(await runs.readEnd(message.runId)).toMatchObject({ reported: nowhere });
    await runs.noteReport(message.runId, 'sent', nowMs);
    expect(await runs.readEnd(message.runId)).toMatchObject({ reported: { segment: true, segops: false } });
  });

  it('the report of a run that does not exist writes nothing', async () => {
    await runs.noteReport(message.runId, 'sent', nowMs);
    expect(await world.item(`run#${message.runId}`)).toBeUndefined();
  });
});

describe('the end of a run that has reserved credits', () => {
  const budgetKeyOf = (): string => `budget#${message.runId}#2026-11`;

  async function reserve(credits: number): Promise<CreditReservation> {
    await runs.take(leaseOf('a'), message, termsAt(nowMs));
    const budget = { key: budgetKeyOf(), credits: 100, expiresAtSeconds: 2_000_000_000 };
    const outcome = await new Budgets(new LedgerTable(world.clients.dynamodb, world.table)).reserve(
      leaseOf('a'),
      credits,
      [budget],
    );
    expect(outcome.kind).toBe('reserved');
    return { credits, budgets: [budget.key] };
  }

  it('a run does not end when its reserved credits cannot be settled', async () => {
    const settlement = { creditReservation: await reserve(50), creditsSpent: 20 };
    const broken = { pk: { S: budgetKeyOf() }, committedCredits: { S: 'many' } };
    await world.clients.dynamodb.send(new PutItemCommand({ TableName: world.table, Item: broken }));
    const finished = runs.finish(leaseOf('a'), { state: 'done' }, endAt(nowMs, { settlement }));
    await expect(finished).rejects.toThrow();
    expect(await world.item(`run#${message.runId}`)).toMatchObject({ state: 'waiting', creditsReserved: 50 });
  });

  // As when DynamoDB answers that the first transaction is in progress, and another one follows.
  it('reserved credits are settled once, also when the end is written twice', async () => {
    const settlement = { creditReservation: await reserve(50), creditsSpent: 20 };
    const finish = (): Promise<boolean> =>
      runs.finish(leaseOf('a'), { state: 'done', creditsUsed: 20 }, endAt(nowMs, { settlement }));
    expect(await finish()).toBe(true);
    await finish();
    expect(await world.item(budgetKeyOf())).toMatchObject({ committedCredits: 20, spentCredits: 20 });
    expect(await world.item(`run#${message.runId}`)).toMatchObject({ state: 'done', creditsUsed: 20 });
  });
});

describe('what people look at of a run', () => {
  it('small details are kept as they are, and again with the request', async () => {
    const details = {
      events: shownEvents([message.event]),
      request: { method: 'POST', path: '/mave/chat', body: { a: 1 } },
    };
    await runs.keepDetails(message.runId, { events: details.events }, 2_000_000_000);
    expect(await world.item(`details#${message.runId}`)).not.toHaveProperty('request');
    await runs.keepDetails(message.runId, details, 2_000_000_000);
    const { events, request, expiresAt } = (await world.item(`details#${message.runId}`)) ?? {};
    expect(JSON.parse(String(events))).toEqual([message.event]);
    expect(JSON.parse(String(request))).toEqual(details.request);
    expect(expiresAt).toBe(2_000_000_000);
  });

  it.each([
    ['texts that JSON writes much longer', [{ text: '\u0001"'.repeat(100_000) }]],
    ['a thousand events', Array.from({ length: 1_000 }, () => ({ text: 'é'.repeat(1_000) }))],
    ['numbers alone', [Array.from({ length: 200_000 }, (_none, index) => index)]],
    [
      'names alone',
      [Object.fromEntries(Array.from({ length: 500 }, (_none, i) => [`${i}${'é'.repeat(900)}`, 1]))],
    ],
  ])('large details fit into an item when they are %s', async (_name, events) => {
    await runs.keepDetails(
      message.runId,
      { events: shownEvents(events), request: { body: events } },
      2_000_000_000,
    );
    const { events: kept, request } = (await world.item(`details#${message.runId}`)) ?? {};
    expect(() => [JSON.parse(String(kept)), JSON.parse(String(request))]).not.toThrow();
    expect(Buffer.byteLength(`${kept}${request}`)).toBeLessThan(390_000);
    expect(String(kept)).toContain('[…cut]');
  });

  it('details are cut to fit into an item, however large the event is', async () => {
    const events = [{ text: 'é'.repeat(400_000) }];
    await runs.keepDetails(
      message.runId,
      { events: shownEvents(events), request: { body: 'x'.repeat(300_000) } },
      2_000_000_000,
    );
    const { events: kept, request } = (await world.item(`details#${message.runId}`)) ?? {};
    expect(JSON.parse(String(kept))).toEqual([{ text: expect.stringMatching(/ \[…cut\]$/) }]);
    expect(JSON.parse(String(request))).toEqual({ body: expect.stringMatching(/ \[…cut\]$/) });
  });
});
