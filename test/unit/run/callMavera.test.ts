import { beforeEach, describe, expect, it } from 'vitest';
import * as z from 'zod/mini';
import {
  type ActionPerformer,
  OutputInvalidError,
} from '../../../functions/mavera/actions/actionPerformer.ts';
import type { MaveraAnswer } from '../../../functions/mavera/maveraAnswer.ts';
import { type Call, callMavera } from '../../../functions/run/callMavera.ts';
import type { RunnerDependencies } from '../../../functions/run/runDependencies.ts';
import type { RunOutcome } from '../../../functions/run/runOutcome.ts';
import type { RunScene } from '../../../functions/run/runScene.ts';
import { dependenciesIn, type FakeWorld, fakeWorld, startMs } from './fakeDependencies.ts';

const runId = 'a'.repeat(40);
const request = { method: 'POST', path: '/x' } as const;

interface SharedState {
  readonly call?: Partial<Call>;
  readonly performer?: Partial<ActionPerformer>;
  readonly attempts?: number;
  readonly remainingMs?: number;
  readonly hasPlace?: boolean;
  /** Of the secret store. */
  readonly isDown?: boolean;
}

let world: FakeWorld;
/** What delivery, ledger and secret store were told, in order. */
let told: unknown[];
beforeEach(() => {
  world = fakeWorld();
  told = [];
});

function callWith({
  attempts = 1,
  remainingMs = 105_000,
  hasPlace = true,
  ...shared
}: SharedState = {}): Promise<RunOutcome> {
  const tell =
    (what: string, answer: unknown = { told: what }) =>
    async (...args: readonly unknown[]): Promise<unknown> => {
      told.push([what, ...args]);
      return answer;
    };
  const delivery = {
    message: { runId },
    soFar: { attempts, history: [] },
    remainingMs: () => remainingMs,
    note: (what: string) => told.push(['note', what]),
    markCalling: tell('markCalling'),
    wait: tell('wait'),
    finish: tell('finish'),
    fail: tell('fail'),
  };
  const performer = {
    kind: 'ask_mave',
    cap: 10,
    readAnswer: () => ({ creditsUsed: 5, result: { answer: 'yes' }, keptId: 't-1' }),
    ...shared.performer,
  };
  const call = {
    trigger: { name: 'a', run: 'the action' },
    keys: { kept: 'kept#a' },
    performer,
    request,
    apiKey: 'a key',
  };
  const dependencies = {
    ...dependenciesIn(world),
    caps: { acquire: async () => hasPlace, release: tell('leave') },
    breaker: {
      probe: async () => true,
      close: tell('close', true),
      countFailure: async () => 1,
      endProbe: tell('endProbe'),
    },
    usage: { outdate: async () => undefined },
    keptIds: { keep: tell('keep'), forget: tell('forget') },
    maveraSecret: {
      refreshEarly: async () => {
        told.push(['refreshEarly']);
        if (shared.isDown === true) {
          throw new Error('down');
        }
      },
    },
  } as unknown as RunnerDependencies;
  const scene = { delivery, shared: { breaker: { failures: 0 } } } as unknown as RunScene;
  return callMavera(scene, { ...call, ...shared.call } as unknown as Call, dependencies);
}

function answerWith(answer: MaveraAnswer): void {
  world.answers = [answer];
}

function refused(status: number, code = 'a_code'): MaveraAnswer {
  return { kind: 'refused', error: { status, code, message: 'Some words.' } };
}

const leave = ['leave', 'ask_mave', runId];
const nothingSpent = { attempts: 1, answerLost: false };
const afterMs = startMs + 7;

describe('a call', () => {
  it('is announced, made, and its answer recorded', async () => {
    expect(await callWith()).toEqual({
      told: 'finish',
      call: { kind: 'answered', durationMs: 7, status: undefined, breaker: undefined },
    });
    expect(told).toEqual([
      ['markCalling', 2, undefined],
      leave,
      ['note', 'answered'],
      ['keep', 'kept#a', 't-1', afterMs],
      ['finish', 5, '{"answer":"yes"}'],
    ]);
    expect(world.calls).toEqual([{ request, apiKey: 'a key', atMs: startMs }]);
  });

  it('is not begun when too little is left of the invocation to record its answer', async () => {
    await callWith({ remainingMs: 104_999 });
    expect(told).toEqual([['wait', { untilMs: startMs, reason: 'invocation_too_old' }, nothingSpent]]);
    expect(world.calls).toEqual([]);
  });

  it('is not begun without a place', async () => {
    await callWith({ hasPlace: false });
    expect(told).toEqual([['wait', expect.objectContaining({ reason: 'concurrency' }), nothingSpent]]);
    expect(world.calls).toEqual([]);
  });

  it('leaves its place when it has missed its slot', async () => {
    world.oversleepsMs = 2_000;
    await callWith({ call: { startAtMs: startMs + 1_000, lateByMs: 1_000 } });
    expect(told).toEqual([
      ['markCalling', 2, startMs + 1_000],
      leave,
      ['wait', { untilMs: startMs + 3_000, reason: 'slot_missed' }, nothingSpent],
    ]);
    expect(world.calls).toEqual([]);
  });

  it('closes the breaker when it was a probe', async () => {
    expect(await callWith({ call: { probes: true } })).toMatchObject({ call: { breaker: 'closed' } });
    expect(told).toContainEqual(['close', runId]);
    told = [];
    await callWith();
    expect(told).not.toContainEqual(['close', runId]);
  });
});

describe('an answer', () => {
  it('that was lost keeps its place until its lease is over, and counts', async () => {
    answerWith({ kind: 'lost', detail: '' });
    await callWith();
    expect(told.slice(1)).toEqual([
      ['wait', { untilMs: afterMs + 10_000, reason: 'answer_lost' }, { attempts: 2, answerLost: true }],
    ]);
  });

  it('that cannot be read counts as the last', async () => {
    answerWith({ kind: 'unreadable', detail: '' });
    await callWith();
    expect(told.slice(1)).toEqual([
      leave,
      ['wait', { untilMs: afterMs + 10_000, reason: 'answer_unreadable' }, { attempts: 3, answerLost: true }],
    ]);
  });

  it('that there could be none to does not count', async () => {
    answerWith({ kind: 'unreachable', detail: '' });
    await callWith();
    expect(told.slice(1)).toEqual([
      leave,
      ['wait', { untilMs: afterMs + 15_000, reason: 'mavera_unreachable' }, nothingSpent],
    ]);
  });

  it.each([false, true])(
    'that refuses the key has it read anew, though that may fail: %s',
    async (isDown) => {
      answerWith(refused(401));
      await callWith({ isDown });
      expect(told.slice(1)).toEqual([
        leave,
        ['refreshEarly'],
        ['wait', { untilMs: afterMs + 90_000, reason: 'mavera_401' }, nothingSpent],
      ]);
    },
  );

  it('that refuses the account for another reason leaves the key as it is', async () => {
    answerWith(refused(402));
    await callWith();
    expect(told.map((one) => (one as unknown[])[0])).toEqual(['markCalling', 'leave', 'wait']);
  });

  it('that refuses the request ends the run', async () => {
    answerWith(refused(404));
    await callWith();
    expect(told.slice(2)).toEqual([
      ['fail', expect.objectContaining({ kind: 'fail', reason: 'mavera_404' })],
    ]);
  });
});

describe('what a trigger keeps', () => {
  const performer: Partial<ActionPerformer> = {
    keeps: () => ({ gone: 'thread_gone' }) as unknown as ReturnType<NonNullable<ActionPerformer['keeps']>>,
  };

  it('is forgotten when it is not at Mavera any more, and the request built anew', async () => {
    answerWith(refused(404));
    await callWith({ performer, call: { keptId: 't-1' } });
    expect(told.slice(2)).toEqual([
      ['forget', 'kept#a', 't-1'],
      ['wait', { untilMs: afterMs, reason: 'thread_gone' }, nothingSpent],
    ]);
  });

  it.each<[string, number, SharedState]>([
    ['the refusal is another', 422, { performer, call: { keptId: 't-1' } }],
    ['nothing was kept', 404, { performer }],
    ['the run has no key', 404, { performer, call: { keptId: 't-1', keys: {} } }],
    ['the action keeps nothing', 404, { call: { keptId: 't-1' } }],
  ])('is not at fault when %s', async (_what, status, shared) => {
    answerWith(refused(status));
    await callWith(shared);
    expect(told.slice(2)).toEqual([['fail', expect.objectContaining({ reason: `mavera_${status}` })]]);
  });
});

describe('a success', () => {
  const reads = (readAnswer: () => unknown): SharedState => ({
    performer: { readAnswer } as unknown as Partial<ActionPerformer>,
  });

  it('that is work under way keeps its place, and is looked at by and by', async () => {
    const pending = { everyMs: (action: unknown) => (action === 'the action' ? 30_000 : 0) };
    await callWith({
      performer: { readAnswer: () => ({ pendingId: 'g-1' }), pending } as unknown as Partial<ActionPerformer>,
    });
    expect(told.slice(1)).toEqual([
      ['note', 'answered'],
      [
        'wait',
        { untilMs: afterMs + 30_000, reason: 'focus_group_running', pendingId: 'g-1' },
        { attempts: 2, answerLost: false },
      ],
    ]);
  });

  it('that is a refusal, where work would be under way, leaves its place', async () => {
    answerWith(refused(422));
    await callWith({ performer: { pending: { everyMs: () => 0 } } as unknown as Partial<ActionPerformer> });
    expect(told[1]).toEqual(leave);
  });

  const answered = { spent: 'estimate', result: '{"answer":{}}' };
  it('that is of no use ends the run, with the credits taken for spent', async () => {
    await callWith(
      reads(() => {
        throw new OutputInvalidError('no JSON');
      }),
    );
    expect(told.slice(3)).toEqual([['fail', { reason: 'output_invalid', detail: 'no JSON', ...answered }]]);
  });

  it('that is not as documented ends the run as well', async () => {
    await callWith(reads(() => z.object({ id: z.string() }).parse({})));
    const detail = expect.stringMatching(/^Mavera's answer is not as documented: .*id/);
    expect(told.slice(3)).toEqual([['fail', { reason: 'answer_unreadable', detail, ...answered }]]);
  });

  it('that our own code fails on is left to the next delivery', async () => {
    const fails = callWith(
      reads(() => {
        throw new TypeError('a fault');
      }),
    );
    await expect(fails).rejects.toThrow('a fault');
    expect(told.slice(3)).toEqual([]);
  });
});
