import { describe, expect, it } from 'vitest';
import * as z from 'zod/mini';
import { OutputInvalidError } from '../../../functions/mavera/actions/actionPerformer.ts';
import type { ActionResult, PendingWork } from '../../../functions/mavera/actions/actionResult.ts';
import {
  type AnswerDecision,
  type AnsweredCall,
  decideOnAnswer,
} from '../../../functions/run/decideOnAnswer.ts';
import type { CallAnswer } from '../../../functions/systems/callAnswer.ts';
import { askMave } from '../../../functions/triggers/actions.ts';

const result: ActionResult = { creditsUsed: 5, result: { answer: 'yes' }, keptId: 't-1' };
const answered: CallAnswer = { kind: 'answered', status: 200, json: { some: 'json' } };

/** Decides on the answer to the second of three allowed calls; `read` stands in for reading it. */
function decide(
  answer: CallAnswer,
  call: Partial<AnsweredCall> = {},
  read: () => ActionResult | PendingWork = () => result,
): AnswerDecision {
  const performer = { readAnswer: read, ...call.performer };
  const action = askMave(() => ({ message: 'Why?' }));
  return decideOnAnswer(
    answer,
    { action, attempts: 1, ...call, performer },
    { maxAttempts: 3, random: () => 0.5 },
  );
}

function refused(status: number): CallAnswer {
  return { kind: 'refused', error: { status, code: 'a_code', message: 'Some words.' } };
}

const notCounted = { attempts: 1, answerLost: false };

describe('a success', () => {
  it('a success makes a run done with what the answer says', () => {
    expect(decide(answered)).toEqual({ kind: 'done', result });
  });

  it('a success of work that goes on makes a run wait until its first poll', () => {
    const pending = { everyMs: () => 30_000 } as unknown as AnsweredCall['performer']['pending'];
    const call = { performer: { pending } as unknown as AnsweredCall['performer'] };
    expect(decide(answered, call, () => ({ pendingId: 'g-1' }))).toEqual({
      kind: 'wait',
      delayMs: 30_000,
      reason: 'focus_group_running',
      pendingId: 'g-1',
      call: { attempts: 2, answerLost: false },
    });
  });

  it('a success with invalid output fails the run, with the credits counted as spent', () => {
    const useless = decide(answered, {}, () => {
      throw new OutputInvalidError('no JSON');
    });
    expect(useless).toEqual({
      kind: 'fail',
      failure: {
        reason: 'output_invalid',
        detail: 'no JSON',
        result: '{"answer":{"some":"json"}}',
        spent: 'estimate',
      },
    });
  });

  it('a success that is not as documented fails the run and names the field', () => {
    const unreadable = decide(answered, {}, () => z.object({ id: z.string() }).parse({}) as never);
    expect(unreadable).toMatchObject({
      kind: 'fail',
      failure: {
        reason: 'answer_unreadable',
        detail: expect.stringMatching(/^Mavera's answer is not as documented: .*id/),
        spent: 'estimate',
      },
    });
  });

  it('a fault of our own code while it reads a success is thrown, so that the message comes back', () => {
    const fault = (): never => {
      throw new TypeError('a fault');
    };
    expect(() => decide(answered, {}, fault)).toThrow('a fault');
  });
});

describe('a call without a success', () => {
  it('a call whose answer was lost counts as an attempt and is recovered first', () => {
    expect(decide({ kind: 'lost', detail: '' })).toMatchObject({
      kind: 'wait',
      reason: 'answer_lost',
      call: { attempts: 2, answerLost: true },
    });
  });

  it('a call whose success cannot be read counts as an attempt and is recovered first', () => {
    expect(decide({ kind: 'lost', status: 200, detail: '' })).toMatchObject({
      kind: 'wait',
      reason: 'answer_unreadable',
      call: { attempts: 2, answerLost: true },
    });
  });

  it('a call does not count when something in front of Mavera blocked it', () => {
    expect(decide({ kind: 'blocked', status: 403, detail: '' })).toMatchObject({
      kind: 'wait',
      reason: 'mavera_blocked',
      call: notCounted,
    });
  });

  it('a call does not count when Mavera could not be reached', () => {
    expect(decide({ kind: 'unreachable', detail: '' })).toMatchObject({
      kind: 'wait',
      reason: 'mavera_unreachable',
      call: notCounted,
    });
  });

  it('a call does not count when Mavera refuses the account', () => {
    expect(decide(refused(402))).toMatchObject({ kind: 'wait', reason: 'mavera_402', call: notCounted });
  });

  it('a run fails when Mavera refuses its request', () => {
    expect(decide(refused(422))).toMatchObject({ kind: 'fail', failure: { reason: 'mavera_422' } });
  });
});

describe('a 404 to a request that names a kept thread', () => {
  const performer = {
    keeps: () => ({ per: 'user', gone: 'thread_gone' }),
  } as unknown as AnsweredCall['performer'];

  it('a 404 for a kept thread makes the run forget it and build its request again, without counting', () => {
    expect(decide(refused(404), { performer, keptId: 't-1' })).toEqual({
      kind: 'wait',
      delayMs: 0,
      reason: 'thread_gone',
      call: notCounted,
      forgets: 't-1',
    });
  });

  it.each<[string, number, Partial<AnsweredCall>]>([
    ['another refusal', 422, { performer, keptId: 't-1' }],
    ['a request that named no kept thread', 404, { performer }],
    ['an action that keeps nothing', 404, { keptId: 't-1' }],
  ])('a 404 or another refusal still fails the run: %s', (_what, status, call) => {
    expect(decide(refused(status), call)).toMatchObject({
      kind: 'fail',
      failure: { reason: `mavera_${status}` },
    });
  });
});

describe('a call that was refused and may have cost credits', () => {
  it('is said to be billed, so that its estimate counts as spent', () => {
    expect(decide(refused(500))).toMatchObject({ kind: 'wait', mayBeBilled: true });
  });

  it.each([
    ['a 503, which Mavera has not begun', refused(503)],
    ['a 429', refused(429)],
    ['a page of something in front of Mavera', { kind: 'blocked', status: 403 } as unknown as CallAnswer],
    [
      'a lost answer, which is searched for first',
      { kind: 'lost', cause: 'timeout' } as unknown as CallAnswer,
    ],
  ])('is not %s', (_what, answer) => {
    expect(decide(answer)).toMatchObject({ kind: 'wait' });
    expect(decide(answer)).not.toHaveProperty('mayBeBilled');
  });

  it('is counted with the calls before it: the third of three fails the run', () => {
    expect(decide(refused(500), { attempts: 1 })).toMatchObject({ kind: 'wait', call: { attempts: 2 } });
    expect(decide(refused(500), { attempts: 2 })).toMatchObject({
      kind: 'fail',
      failure: { reason: 'attempts_exhausted' },
    });
  });
});
