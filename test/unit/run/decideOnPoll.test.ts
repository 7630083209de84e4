import { describe, expect, it } from 'vitest';
import * as z from 'zod/mini';
import type { PendingPerformer, PendingState } from '../../../functions/mavera/actions/actionPerformer.ts';
import { decideOnPoll, type PollDecision } from '../../../functions/run/pollPending.ts';
import type { CallAnswer } from '../../../functions/systems/callAnswer.ts';
import { type Action, runFocusGroup } from '../../../functions/triggers/actions.ts';

const answered: CallAnswer = { kind: 'answered', status: 200, json: { status: 'any' } };
const result = { creditsUsed: 150, result: { focusGroupId: 'g-1' } };

function decide(answer: CallAnswer, read: () => PendingState, isOver = false): PollDecision {
  const performer: PendingPerformer<Action> = {
    everyMs: () => 20_000,
    timeoutMs: () => 3_600_000,
    request: () => ({ method: 'GET', path: '/focus-groups/g-1' }),
    read,
  };
  const action = runFocusGroup(() => ({ workspace_id: 'ws-1' }));
  return decideOnPoll(answer, { id: 'g-1', action, performer, isOver });
}

const running = (): PendingState => ({ kind: 'running' });
const done = (): PendingState => ({ kind: 'done', result });
const tooLong = {
  reason: 'focus_group_too_long',
  detail: 'g-1 was not finished after 60 minutes',
  spent: 'estimate',
};

describe('a poll', () => {
  it('a poll that finds finished work makes the run done, even after the timeout', () => {
    expect(decide(answered, done)).toEqual({ kind: 'done', result });
    expect(decide(answered, done, true)).toEqual({ kind: 'done', result });
  });

  it('a poll makes a run wait while the work goes on, and fail after the timeout', () => {
    expect(decide(answered, running)).toEqual({ kind: 'wait', reason: 'focus_group_running' });
    expect(decide(answered, running, true)).toEqual({ kind: 'fail', failure: tooLong });
  });

  it.each<[string, CallAnswer, () => PendingState]>([
    ['whose answer was lost', { kind: 'lost', detail: '' }, running],
    [
      'that is refused for now',
      { kind: 'refused', error: { status: 503, code: 'c', message: 'm' } },
      running,
    ],
    [
      'whose answer is not as documented',
      answered,
      () => z.object({ status: z.number() }).parse({}) as never,
    ],
  ])('a poll %s makes a run poll again, and fail after the timeout', (_what, answer, read) => {
    expect(decide(answer, read)).toEqual({ kind: 'wait', reason: 'focus_group_unreadable' });
    expect(decide(answer, read, true)).toEqual({ kind: 'fail', failure: tooLong });
  });

  it('a poll fails a run whose work has failed, with what Mavera said', () => {
    expect(decide(answered, () => ({ kind: 'failed', detail: 'it is cancelled' }))).toEqual({
      kind: 'fail',
      failure: {
        reason: 'focus_group_failed',
        detail: 'it is cancelled',
        result: '{"answer":{"status":"any"}}',
        spent: 'estimate',
      },
    });
  });

  it('a poll fails a run whose work Mavera does not know, with the credits counted as spent', () => {
    const error = { status: 404, code: 'resource_not_found', message: 'No such group.' };
    expect(decide({ kind: 'refused', error }, running)).toEqual({
      kind: 'fail',
      failure: {
        reason: 'mavera_404',
        detail: 'Mavera answered the poll with 404 resource_not_found: No such group.',
        spent: 'estimate',
      },
    });
  });

  it('a fault of our own code while it reads a poll is thrown, so that the message comes back', () => {
    const fault = (): never => {
      throw new TypeError('a fault');
    };
    expect(() => decide(answered, fault)).toThrow('a fault');
  });
});
