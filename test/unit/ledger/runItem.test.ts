import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import { describe, expect, it } from 'vitest';
import { foundEnd, notTaken, soFar } from '../../../functions/ledger/runItem.ts';

const nowMs = 1_767_225_600_000;
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
  it('is nothing, of a new one', () => {
    expect(soFar({})).toEqual({
      attempts: 0,
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

  it('is all that the next one has to go by', () => {
    const item: Item = {
      ...waiting,
      attempts: { N: '2' },
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
      history: { S: `[{"atMs":${nowMs},"what":"taken"}]` },
    };
    expect(soFar(item)).toEqual({
      attempts: 2,
      notBeforeMs: nowMs,
      lostCallAtMs: nowMs - 60_000,
      creditReservation: { credits: 50, budgets: ['budget#*#2026-11', 'budget#why#2026-11'] },
      pending: { id: 'fg_1', sinceMs: nowMs - 30_000 },
      collection: { id: 'c-1', key: 'collection#1' },
      collected: 7,
      detailsKept: 2,
      history: [{ atMs: nowMs, what: 'taken' }],
    });
  });

  it.each([
    ['1', 1],
    ['2', 2],
    ['0', 0],
    ['3', 0],
  ])('has the details kept so far: %s', (kept, level) => {
    expect(soFar({ ...waiting, detailsKept: { N: kept } }).detailsKept).toBe(level);
  });
});

describe('what an item of another version may lack', () => {
  it('is made up for in what earlier deliveries have left', () => {
    expect(soFar({ ...waiting, creditsReserved: { N: '50' } }).creditReservation).toEqual({
      credits: 50,
      budgets: [],
    });
    expect(soFar({ ...waiting, collection: { S: 'c-1' } }).collection).toEqual({ id: 'c-1', key: '' });
  });

  it('is left out of its end', () => {
    expect(foundEnd({ state: { S: 'skipped' } })).toEqual({
      end: {
        state: 'skipped',
        reason: undefined,
        detail: undefined,
        creditsUsed: undefined,
        result: undefined,
      },
      finishedAtMs: 0,
      isReported: false,
    });
  });

  it('is not guessed at when it is the state', () => {
    expect(() => foundEnd({})).toThrow('unknown state');
    expect(() => notTaken({}, 'me', nowMs)).toThrow('unknown state');
  });
});

describe('how a run has ended', () => {
  it('is what it came to, and when', () => {
    expect(foundEnd(done)).toEqual({
      end: {
        state: 'done',
        reason: 'done',
        detail: undefined,
        creditsUsed: 23,
        result: '{"content":"They left …"}',
      },
      finishedAtMs: nowMs - 1,
      isReported: false,
    });
  });

  it.each(['waiting', 'calling'])('is not known while it is under way: %s', (state) => {
    expect(foundEnd({ ...done, state: { S: state } }).end).toBeUndefined();
  });

  it.each(['failed', 'skipped'])('has reason and sentence when it is not done: %s', (state) => {
    const item = { ...done, state: { S: state }, reason: { S: 'cooldown' }, detail: { S: 'Run 1 …' } };
    expect(foundEnd(item).end).toMatchObject({ state, reason: 'cooldown', detail: 'Run 1 …' });
  });

  it('was reported to Segment when that is noted, and not when it was given up', () => {
    expect(foundEnd({ ...done, segmentReport: { S: 'sent' } }).isReported).toBe(true);
    expect(foundEnd({ ...done, segmentReport: { S: 'failed' } }).isReported).toBe(false);
  });
});

describe('a run that a delivery was not let to take', () => {
  it('is busy until the end of the lease of the one that has it', () => {
    const item = { ...waiting, leaseUntilMs: { N: `${nowMs + 5_000}` } };
    expect(notTaken(item, 'me', nowMs)).toEqual({ kind: 'busy', leaseUntilMs: nowMs + 5_000 });
  });

  it('is taken all the same when an earlier attempt of this delivery had reached the ledger', () => {
    const item = { ...waiting, owner: { S: 'me' }, attempts: { N: '1' } };
    expect(notTaken(item, 'me', nowMs)).toMatchObject({ kind: 'taken', attempts: 1 });
  });

  it('is finished, with its end', () => {
    expect(notTaken(done, 'me', nowMs)).toEqual({
      kind: 'finished',
      end: expect.objectContaining({ state: 'done', creditsUsed: 23 }),
      finishedAtMs: nowMs - 1,
      isReported: false,
    });
  });

  it('is not guessed at when its state is none', () => {
    expect(() => notTaken({ ...waiting, state: { S: 'asleep' } }, 'me', nowMs)).toThrow('asleep');
  });
});
