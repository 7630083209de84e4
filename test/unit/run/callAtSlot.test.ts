import { describe, expect, it } from 'vitest';
import type { MaveraAnswer } from '../../../functions/mavera/maveraAnswer.ts';
import { callAtSlot, type MadeCall, type Slot } from '../../../functions/run/callAtSlot.ts';
import { dependenciesIn, type FakeWorld, fakeWorld, startMs } from './fakeDependencies.ts';

const request = { method: 'GET', path: '/usage' } as const;

function call(world: FakeWorld, slot: Partial<Slot> = {}): Promise<MadeCall | undefined> {
  return callAtSlot(request, { apiKey: 'a key', ...slot }, dependenciesIn(world));
}

function refused(status: number, retryAfterMs?: number): MaveraAnswer {
  return { kind: 'refused', error: { status, code: 'a_code', message: '', retryAfterMs } };
}

describe('a call at its slot', () => {
  it('is made when the slot has come', async () => {
    const world = fakeWorld();
    await call(world, { startAtMs: startMs + 1_500 });
    expect(world.slept).toEqual([1_500]);
    expect(world.calls).toEqual([{ request, apiKey: 'a key', atMs: startMs + 1_500 }]);
  });

  it.each([
    ['at once when there is none', undefined],
    ['at once when it is over, however long ago', startMs - 60_000],
  ])('is made %s', async (_when, startAtMs) => {
    const world = fakeWorld();
    await call(world, { startAtMs });
    expect(world.slept).toEqual([0]);
    expect(world.calls.map(({ atMs }) => atMs)).toEqual([startMs]);
  });

  it.each([
    [1_000, 1],
    [1_001, 0],
  ])('that is %i ms late, of 1,000 that it may be, is made %i times', async (oversleepsMs, times) => {
    const world = { ...fakeWorld(), oversleepsMs };
    const made = await call(world, { startAtMs: startMs + 10, lateByMs: 1_000 });
    expect(world.calls).toHaveLength(times);
    expect(made === undefined).toBe(times === 0);
  });

  it('tells how long it took, and the status of a refusal', async () => {
    const world = { ...fakeWorld(), answers: [refused(503), { kind: 'lost', detail: '' } as const] };
    expect(await call(world)).toEqual({
      answer: refused(503),
      report: { kind: 'refused', durationMs: 7, status: 503 },
    });
    expect((await call(world))?.report).toEqual({ kind: 'lost', durationMs: 7, status: undefined });
  });
});

describe('what Mavera says of its limit', () => {
  const holdsAfter = async (answer: MaveraAnswer): Promise<readonly number[]> => {
    const world = { ...fakeWorld(), answers: [answer] };
    await call(world);
    return world.holds;
  };
  const resetAtMs = startMs + 30_000;

  it('holds everybody for as long as a 429 says', async () => {
    expect(await holdsAfter(refused(429, 5_000))).toEqual([startMs + 7 + 5_000]);
  });

  it('holds everybody until the limit is reset when nothing is left of it', async () => {
    const rateLimit = { remaining: 0, resetAtMs };
    expect(await holdsAfter({ kind: 'answered', json: {}, rateLimit })).toEqual([resetAtMs]);
    expect(await holdsAfter({ ...refused(429), rateLimit } as MaveraAnswer)).toEqual([resetAtMs]);
  });

  it.each<[string, MaveraAnswer]>([
    ['a 429 that does not say how long', refused(429)],
    ['another refusal, though it says how long', refused(503, 5_000)],
    [
      'a limit of which something is left',
      { kind: 'answered', json: {}, rateLimit: { remaining: 1, resetAtMs } },
    ],
    ['no word of a limit', { kind: 'answered', json: {} }],
    ['an answer that was lost', { kind: 'lost', detail: '' }],
  ])('holds nobody after %s', async (_what, answer) => {
    expect(await holdsAfter(answer)).toEqual([]);
  });

  it('is only trouble, not a failure, when it cannot be passed on', async () => {
    const world = { ...fakeWorld(), answers: [refused(429, 5_000)], holdFails: true };
    expect((await call(world))?.report.status).toBe(429);
    expect(world.troubles).toEqual(['the pace cannot be held']);
  });
});
