import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { Runs } from '../../functions/ledger/runs.ts';
import type { RunHold, TakeTerms } from '../../functions/ledger/runTransitions.ts';
import type { RunMessage } from '../../functions/queue/runMessage.ts';
import { startWorld, type World } from './world.ts';

const nowMs = Date.parse('2026-11-20T12:00:00Z');

let world: World;
let runs: Runs;
let message: RunMessage;

beforeAll(async () => {
  world = await startWorld();
  runs = new Runs(world.clients.dynamodb, world.table);
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

function holdOf(owner: string): RunHold {
  return { runId: message.runId, owner };
}

function termsAt(atMs: number): TakeTerms {
  return { nowMs: atMs, leaseUntilMs: atMs + 30_000, expiresAtSeconds: atMs / 1000 + 1000 };
}

describe('a run', () => {
  it('is taken by the first delivery and recorded', async () => {
    expect(await runs.take(holdOf('a'), message, termsAt(nowMs))).toEqual({
      kind: 'taken',
      attempts: 0,
      notBeforeMs: 0,
      lostCallAtMs: undefined,
    });
    expect(await world.item(`run#${message.runId}`)).toMatchObject({
      state: 'waiting',
      owner: 'a',
      trigger: 'plan-upgraded',
      messageId: 'm-1',
      userId: 'u-1',
      receivedAtMs: nowMs - 500,
      expiresAt: nowMs / 1000 + 1000,
    });
  });

  it('is held by one delivery at a time', async () => {
    const all = await Promise.all(
      Array.from({ length: 50 }, (_, index) => runs.take(holdOf(`${index}`), message, termsAt(nowMs))),
    );
    expect(all.filter(({ kind }) => kind === 'taken')).toHaveLength(1);
    expect(all.filter(({ kind }) => kind === 'busy')).toHaveLength(49);
  });

  it('tells the next delivery that its owner died while it called Mavera', async () => {
    await runs.take(holdOf('a'), message, termsAt(nowMs));
    await runs.markCalling(holdOf('a'), 1, nowMs);
    expect(await runs.take(holdOf('b'), message, termsAt(nowMs + 29_999))).toEqual({
      kind: 'busy',
      leaseUntilMs: nowMs + 30_000,
    });
    expect(await runs.take(holdOf('b'), message, termsAt(nowMs + 30_000))).toEqual({
      kind: 'taken',
      attempts: 1,
      notBeforeMs: 0,
      lostCallAtMs: nowMs,
    });
  });

  it('cannot be marked calling by a delivery whose lease has run out', async () => {
    await runs.take(holdOf('a'), message, termsAt(nowMs));
    expect(await runs.markCalling(holdOf('a'), 1, nowMs + 30_000)).toBe(false);
    await runs.take(holdOf('b'), message, termsAt(nowMs + 30_000));
    expect(await runs.markCalling(holdOf('a'), 1, nowMs + 30_001)).toBe(false);
  });

  it('is let go to wait, with or without counting the attempt', async () => {
    await runs.take(holdOf('a'), message, termsAt(nowMs));
    await runs.markCalling(holdOf('a'), 1, nowMs);
    await runs.release(holdOf('a'), { nowMs, notBeforeMs: nowMs + 5_000, reason: 'mavera_503' });
    expect(await runs.take(holdOf('b'), message, termsAt(nowMs))).toMatchObject({
      kind: 'taken',
      attempts: 1,
    });
    await runs.markCalling(holdOf('b'), 2, nowMs);
    await runs.release(holdOf('b'), {
      nowMs,
      notBeforeMs: nowMs,
      reason: 'mavera_402',
      call: { attempts: 1, answerLost: false },
    });
    expect(await world.item(`run#${message.runId}`)).toMatchObject({ attempts: 1, reason: 'mavera_402' });
  });

  it('remembers a call whose answer was lost until it is settled', async () => {
    const waiting = { nowMs, notBeforeMs: nowMs, reason: 'answer_lost' };
    const lostCall = async (): Promise<unknown> => {
      const taken = await runs.take(holdOf('next'), message, termsAt(nowMs));
      await runs.release(holdOf('next'), waiting);
      return taken.kind === 'taken' ? taken.lostCallAtMs : taken.kind;
    };
    await runs.take(holdOf('a'), message, termsAt(nowMs));
    await runs.markCalling(holdOf('a'), 1, nowMs);
    await runs.release(holdOf('a'), { ...waiting, call: { attempts: 1, answerLost: true } });
    expect(await lostCall()).toBe(nowMs);
    expect(await lostCall()).toBe(nowMs);
    await runs.take(holdOf('b'), message, termsAt(nowMs));
    await runs.markCalling(holdOf('b'), 2, nowMs + 5);
    await runs.release(holdOf('b'), { ...waiting, call: { attempts: 2, answerLost: false } });
    expect(await lostCall()).toBeUndefined();
  });

  it('is finished once, and what it came to is known to later deliveries', async () => {
    await runs.take(holdOf('a'), message, termsAt(nowMs));
    const result = JSON.stringify({ content: 'Because…' });
    expect(await runs.finish(holdOf('a'), { state: 'done', creditsUsed: 42, result }, nowMs + 100)).toBe(
      true,
    );
    expect(await runs.take(holdOf('b'), message, termsAt(nowMs + 1_000_000))).toEqual({
      kind: 'finished',
      finishedAtMs: nowMs + 100,
      end: { state: 'done', reason: 'done', detail: undefined, creditsUsed: 42, result },
    });
  });

  it('is not changed by a delivery that has lost it', async () => {
    await runs.take(holdOf('a'), message, termsAt(nowMs));
    await runs.take(holdOf('b'), message, termsAt(nowMs + 30_000));
    expect(await runs.finish(holdOf('a'), { state: 'failed', reason: 'expired' }, nowMs)).toBe(false);
    expect(await runs.release(holdOf('a'), { nowMs, notBeforeMs: nowMs, reason: 'pace' })).toBe(false);
    expect(await world.item(`run#${message.runId}`)).toMatchObject({ state: 'waiting', owner: 'b' });
  });
});
