import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import { describe, expect, it } from 'vitest';
import { foundEnd, notTaken, soFar } from '../../../functions/ledger/runItem.ts';

const nowMs = 1_767_225_600_000;
const nowhere = { segment: false, segops: false };
type Item = Readonly<Record<string, AttributeValue>>;
const waiting: Item = { state: { S: 'waiting' }, owner: { S: 'other' }, leaseUntilMs: { N: '0' } };
const done: Item = {
  state: { S: 'done' },
  reason: { S: 'done' },
  creditsUsed: { N: '23' },
  result: { S: '{"content":"They left …"}' },
  updatedAtMs: { N: `${nowMs - 1}` },
};

describe('what earlier deliveries have left of a run', () => {
  it('a new run has nothing from earlier deliveries', () => {
    expect(soFar({})).toEqual({
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
    });
  });

  it('a lease that was not given back counts as a crash, but not the own one', () => {
    const abandoned: Item = { ...waiting, crashes: { N: '2' }, leaseUntilMs: { N: `${nowMs - 1}` } };
    expect(soFar(abandoned).crashes).toBe(3);
    expect(soFar(abandoned, true).crashes).toBe(2);
  });

  it('the next delivery gets all that earlier ones have left', () => {
    const item: Item = {
      ...waiting,
      attempts: { N: '2' },
      crashes: { N: '1' },
      parkings: { N: '3' },
      notBeforeMs: { N: `${nowMs}` },
      lostCallAtMs: { N: `${nowMs - 60_000}` },
      creditsReserved: { N: '50' },
      budgets: { SS: ['budget#why#2026-11', 'budget#*#2026-11'] },
      pending: { S: 'fg_1' },
      pendingSinceMs: { N: `${nowMs - 30_000}` },
      collection: { S: 'c-1' },
      collectionKey: { S: 'collection#1' },
      collected: { N: '7' },
      detailsKept: { N: '2' },
      requestDigest: { S: '0123456789abcdef' },
      recovery: { S: '{}' },
      redrive: { S: 'ended-5' },
      approval: { S: '{"decision":"approved","by":"ann","atMs":5,"redrive":"ended-5"}' },
      history: { S: `[{"atMs":${nowMs},"what":"taken"}]` },
    };
    expect(soFar(item)).toEqual({
      attempts: 2,
      crashes: 1,
      parkings: 3,
      notBeforeMs: nowMs,
      lostCallAtMs: nowMs - 60_000,
      creditReservation: { credits: 50, budgets: ['budget#*#2026-11', 'budget#why#2026-11'] },
      pending: { id: 'fg_1', sinceMs: nowMs - 30_000 },
      collection: { id: 'c-1', key: 'collection#1' },
      collected: 7,
      detailsKept: 2,
      requestDigest: '0123456789abcdef',
      recovery: '{}',
      redrive: 'ended-5',
      approval: { decision: 'approved', by: 'ann', atMs: 5, redrive: 'ended-5' },
      history: [{ atMs: nowMs, what: 'taken' }],
    });
  });

  it.each([
    ['1', 1],
    ['2', 2],
    ['0', 0],
    ['3', 0],
  ])('the details kept so far are read: %s', (kept, level) => {
    expect(soFar({ ...waiting, detailsKept: { N: kept } }).detailsKept).toBe(level);
  });
});

describe('what an item of another version may lack', () => {
  it('missing budgets and collection keys are read as empty', () => {
    expect(soFar({ ...waiting, creditsReserved: { N: '50' } }).creditReservation).toEqual({
      credits: 50,
      budgets: [],
    });
    expect(soFar({ ...waiting, collection: { S: 'c-1' } }).collection).toEqual({ id: 'c-1', key: '' });
  });

  it("missing attributes are left out of a run's end", () => {
    expect(foundEnd({ state: { S: 'skipped' } })).toEqual({
      end: {
        state: 'skipped',
        reason: undefined,
        detail: undefined,
        creditsUsed: undefined,
        result: undefined,
      },
      finishedAtMs: 0,
      reported: nowhere,
    });
  });

  it('a missing state is an error and not guessed', () => {
    expect(() => foundEnd({})).toThrow('unknown state');
    expect(() => notTaken({}, 'me', nowMs)).toThrow('unknown state');
  });
});

describe('how a run has ended', () => {
  it("a run's end is read with its result and its time", () => {
    expect(foundEnd(done)).toEqual({
      end: {
        state: 'done',
        reason: 'done',
        detail: undefined,
        creditsUsed: 23,
        result: '{"content":"They left …"}',
      },
      finishedAtMs: nowMs - 1,
      reported: nowhere,
    });
  });

  it.each(['waiting', 'calling'])('a run has no end while it is under way: %s', (state) => {
    expect(foundEnd({ ...done, state: { S: state } }).end).toBeUndefined();
  });

  it.each(['failed', 'skipped'])('an end that is not done has its reason and sentence: %s', (state) => {
    const item = { ...done, state: { S: state }, reason: { S: 'cooldown' }, detail: { S: 'Run 1 …' } };
    expect(foundEnd(item).end).toMatchObject({ state, reason: 'cooldown', detail: 'Run 1 …' });
  });

  it.each([
    ['segmentReport', 'segment'],
    ['segopsReport', 'segops'],
  ] as const)(
    'a result is reported when it was sent, and not when sending it failed for good: %s',
    (noted, to) => {
      expect(foundEnd({ ...done, [noted]: { S: 'sent' } }).reported).toEqual({ ...nowhere, [to]: true });
      for (const other of ['sending', 'waiting', 'failed']) {
        expect(foundEnd({ ...done, [noted]: { S: other } }).reported).toEqual(nowhere);
      }
    },
  );
});

describe('a run that a delivery could not take', () => {
  it('a run is busy until the lease of another delivery ends', () => {
    const item = { ...waiting, leaseUntilMs: { N: `${nowMs + 5_000}` } };
    expect(notTaken(item, 'me', nowMs)).toEqual({ kind: 'busy', leaseUntilMs: nowMs + 5_000 });
  });

  it('a run is taken when an earlier attempt of this delivery had reached the ledger', () => {
    const item = { ...waiting, owner: { S: 'me' }, attempts: { N: '1' } };
    expect(notTaken(item, 'me', nowMs)).toMatchObject({ kind: 'taken', attempts: 1 });
  });

  it('an ended run is finished, with its end', () => {
    expect(notTaken(done, 'me', nowMs)).toEqual({
      kind: 'finished',
      end: expect.objectContaining({ state: 'done', creditsUsed: 23 }),
      finishedAtMs: nowMs - 1,
      reported: nowhere,
    });
  });

  it('an unknown state is an error and not guessed', () => {
    expect(() => notTaken({ ...waiting, state: { S: 'asleep' } }, 'me', nowMs)).toThrow('asleep');
  });
});
