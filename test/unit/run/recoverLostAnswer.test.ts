import { beforeEach, describe, expect, it } from 'vitest';
import { NotRecoverableError } from '../../../functions/mavera/actions/actionPerformer.ts';
import type { PreparedRun } from '../../../functions/run/prepareRun.ts';
import { recoverLostAnswer } from '../../../functions/run/recoverLostAnswer.ts';
import type { RunOutcome } from '../../../functions/run/runOutcome.ts';
import type { RunScene } from '../../../functions/run/runScene.ts';
import { dependenciesIn, type FakeWorld, fakeWorld, startMs } from './fakeDependencies.ts';

const lostAtMs = startMs - 200_000;

let world: FakeWorld;
/** What the delivery was told, in order. */
let told: unknown[];
beforeEach(() => {
  world = fakeWorld();
  told = [];
});

/** @param recovered what is at Mavera */
async function look(
  recovered: unknown,
  soFar: { attempts: number; lostCallAtMs?: number },
): Promise<RunOutcome | undefined> {
  const tell =
    (what: string) =>
    async (...args: readonly unknown[]): Promise<{ told: string }> => {
      told.push([what, ...args]);
      return { told: what };
    };
  const delivery = {
    message: { runId: 'a'.repeat(40), slotAtMs: startMs },
    soFar,
    note: (what: string) => told.push(['note', what]),
    wait: tell('wait'),
    finish: tell('finish'),
    fail: tell('fail'),
  };
  const performer = {
    recoveryReads: 1,
    recover: async (lost: unknown) => {
      told.push(['recover', lost]);
      if (recovered instanceof Error) {
        throw recovered;
      }
      return recovered;
    },
  };
  const prepared = { performer, request: { method: 'POST', path: '/x' }, keys: {} } as unknown as PreparedRun;
  const shared = { paceHeldUntilMs: 0, usage: undefined };
  const scene = { delivery, shared } as unknown as RunScene;
  return await recoverLostAnswer(scene, prepared, 'a key', dependenciesIn(world));
}

const looked = [
  'recover',
  { request: { method: 'POST', path: '/x' }, runId: 'a'.repeat(40), startedAtMs: lostAtMs },
];

describe('a run that comes back', () => {
  it('looks for nothing when no answer was lost', async () => {
    expect(await look(undefined, { attempts: 1 })).toBeUndefined();
    expect(told).toEqual([]);
  });

  it('ends with the answer that it finds', async () => {
    const outcome = await look(
      { creditsUsed: 5, result: { answer: 'yes' } },
      { attempts: 3, lostCallAtMs: lostAtMs },
    );
    expect(outcome).toEqual({ told: 'finish', recovery: 'found' });
    expect(told).toEqual([looked, ['note', 'recovered'], ['finish', 5, '{"answer":"yes"}']]);
  });

  it('goes on with the work that it finds under way', async () => {
    const outcome = await look({ pendingId: 'g-1' }, { attempts: 2, lostCallAtMs: lostAtMs });
    expect(outcome).toEqual({ told: 'wait', recovery: 'found' });
    const wait = { untilMs: startMs, reason: 'focus_group_running', pendingId: 'g-1' };
    expect(told).toEqual([looked, ['note', 'recovered'], ['wait', wait, { attempts: 2, answerLost: false }]]);
  });

  it('waits while the call may be under way', async () => {
    expect(await look(undefined, { attempts: 1, lostCallAtMs: startMs - 1 })).toEqual({ told: 'wait' });
    expect(told).toEqual([['wait', { kind: 'wait', untilMs: startMs + 199_999, reason: 'answer_lost' }]]);
  });

  it('fails, with the credits taken for spent, when it cannot be known', async () => {
    const outcome = await look(new NotRecoverableError('look yourself'), {
      attempts: 1,
      lostCallAtMs: lostAtMs,
    });
    expect(outcome).toEqual({ told: 'fail' });
    expect(told).toEqual([
      looked,
      ['fail', { reason: 'answer_lost', detail: 'look yourself', spent: 'estimate' }],
    ]);
  });

  it('is called again when the work is not there, if a call is left', async () => {
    expect(await look(undefined, { attempts: 2, lostCallAtMs: lostAtMs })).toBeUndefined();
    expect(told).toEqual([looked]);
    expect(await look(undefined, { attempts: 3, lostCallAtMs: lostAtMs })).toEqual({ told: 'fail' });
    const detail = expect.stringContaining('No call is left of 3: the answer of the last was lost');
    expect(told.at(-1)).toEqual(['fail', { reason: 'attempts_exhausted', detail }]);
  });
});
