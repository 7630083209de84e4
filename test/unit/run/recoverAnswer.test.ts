import { beforeEach, describe, expect, it } from 'vitest';
import * as z from 'zod/mini';
import {
  type ActionPerformer,
  NotRecoverableError,
  type ReadMavera,
} from '../../../functions/mavera/actions/actionPerformer.ts';
import {
  type Recovery,
  type RecoveryOptions,
  recoverAnswer,
  underWayMs,
} from '../../../functions/run/recoverAnswer.ts';
import { dependenciesIn, type FakeWorld, fakeWorld, startMs } from './fakeDependencies.ts';

/** A call may be under way for twice the 100 s that it may take. */
const lostAtMs = startMs - 200_000;
const intervalMs = 60_000 / (600 * 0.97);
const result = { creditsUsed: 5, result: { answer: 'yes' } };

let world: FakeWorld;
beforeEach(() => {
  world = fakeWorld();
});

/** Looks for the answer of a call, of which `recover` makes what it reads. */
function look(
  recover: (read: ReadMavera) => Promise<unknown>,
  {
    reads = 2,
    startedAtMs = lostAtMs,
    ...terms
  }: Partial<RecoveryOptions> & { reads?: number; startedAtMs?: number } = {},
): Promise<Recovery> {
  const performer = {
    recoveryReads: reads,
    recover: (_lost: unknown, read: ReadMavera) => recover(read),
  } as unknown as ActionPerformer;
  const lost = { request: { method: 'POST', path: '/x' }, runId: 'a'.repeat(40), startedAtMs } as const;
  const shared = { paceHeldUntilMs: 0, usage: undefined } as RecoveryOptions['shared'];
  return recoverAnswer(performer, lost, { apiKey: 'a key', shared, ...terms }, dependenciesIn(world));
}

async function readThree(read: ReadMavera): Promise<undefined> {
  for (const path of ['/a', '/b', '/c']) {
    await read(path);
  }
}

describe('a lost answer', () => {
  it('is looked for when the call has had twice its time, and not a millisecond earlier', async () => {
    expect(underWayMs(dependenciesIn(world).settings)).toBe(200_000);
    expect(await look(async () => undefined, { startedAtMs: lostAtMs + 1 })).toEqual({
      kind: 'wait',
      untilMs: startMs + 1,
      reason: 'answer_lost',
    });
    expect(world.reserved).toEqual([]);
    expect(await look(async () => undefined)).toEqual({ kind: 'not_found' });
  });

  it('is found, pending, not found, or not to be known', async () => {
    expect(await look(async () => result)).toEqual({ kind: 'found', result });
    expect(await look(async () => ({ pendingId: 'g-1' }))).toEqual({ kind: 'pending', pendingId: 'g-1' });
    const unknowable = new NotRecoverableError('look yourself');
    expect(await look(() => Promise.reject(unknowable))).toEqual({
      kind: 'unknowable',
      detail: 'look yourself',
    });
  });

  it('is looked for later when Mavera cannot be read, or not understood', async () => {
    const later = { kind: 'wait', untilMs: startMs + 7 + 45_000, reason: 'recovery_waits' };
    world.answers = [{ kind: 'unreachable', detail: '' }];
    expect(await look((read) => read('/a'))).toEqual(later);
    world.nowMs = startMs;
    expect(await look(async (read) => z.string().parse(await read('/a')))).toEqual(later);
    expect(world.troubles).toEqual(Array(2).fill('a lost answer cannot be looked for'));
  });

  it('lets faults of our own through', async () => {
    await expect(look(() => Promise.reject(new TypeError('a fault')))).rejects.toThrow('a fault');
  });
});

describe('the reads that a lost answer is looked for by', () => {
  it('have slots in a row, reserved at once; a further one gets its own', async () => {
    await look(readThree);
    expect(world.reserved).toEqual([
      { nowMs: startMs, intervalMs: 2 * intervalMs, horizonMs: 900_000 },
      { nowMs: expect.any(Number), intervalMs, horizonMs: 30_000 },
    ]);
    expect(world.calls.map(({ request, apiKey }) => [request, apiKey])).toEqual(
      ['/a', '/b', '/c'].map((path) => [{ method: 'GET', path }, 'a key']),
    );
    expect(world.calls[1]?.atMs).toBeCloseTo(startMs + intervalMs, 0);
  });

  it('need no slots when there are none', async () => {
    await look(async () => undefined, { reads: 0 });
    expect(world.reserved).toEqual([]);
  });

  it('keep to the limit of the account where that is less', async () => {
    const usage = { requestsPerMinute: 60 } as RecoveryOptions['shared']['usage'];
    const shared = { paceHeldUntilMs: 0, usage } as RecoveryOptions['shared'];
    await look(async () => undefined, { shared });
    expect(world.reserved[0]?.intervalMs).toBe(20 * intervalMs);
  });

  it.each([
    ['waited for on the spot', 2_000, { kind: 'not_found' }],
    [
      'come back for',
      2_001,
      { kind: 'wait', untilMs: startMs + 2_001, slotAtMs: startMs + 2_001, reason: 'recovery_waits' },
    ],
  ])('have slots that are %s, %i ms ahead', async (_what, aheadMs, recovery) => {
    world.reservations = [{ kind: 'reserved', slotAtMs: startMs + aheadMs }];
    expect(await look(async (read) => void (await read('/a')))).toEqual(recovery);
    expect(world.slept).toEqual(recovery.kind === 'wait' ? [] : [aheadMs]);
  });

  it('wait when all slots are given away', async () => {
    world.reservations = [{ kind: 'full', askAgainAtMs: startMs + 60_000 }];
    const untilMs = startMs + 60_000 + 15_000;
    expect(await look(async () => undefined)).toEqual({ kind: 'wait', untilMs, reason: 'recovery_waits' });
  });

  it('wait when there is no slot near for a further one', async () => {
    world.reservations = [
      { kind: 'reserved', slotAtMs: startMs },
      { kind: 'full', askAgainAtMs: startMs + 60_000 },
    ];
    expect(await look(readThree)).toMatchObject({ kind: 'wait', reason: 'recovery_waits' });
    expect(world.calls).toHaveLength(2);
  });

  it.each([
    ['the slot that they came back for', startMs, 0, 0],
    ['the slot that they are a second late for', startMs - 1_000, 0, 0],
    ['a new one when they are later', startMs - 1_001, 0, 1],
    ['the slot when Mavera asked for patience until now', startMs, startMs, 0],
    ['a new one while Mavera asks for patience', startMs, startMs + 1, 1],
  ])('take %s', async (_what, slotAtMs, paceHeldUntilMs, reservations) => {
    const shared = { paceHeldUntilMs, usage: undefined } as RecoveryOptions['shared'];
    expect(await look(async () => undefined, { slotAtMs, shared })).toEqual({ kind: 'not_found' });
    expect(world.reserved).toHaveLength(reservations);
  });
});
