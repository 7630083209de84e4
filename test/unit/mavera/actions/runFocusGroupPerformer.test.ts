import { describe, expect, it } from 'vitest';
import type { PendingPerformer, PendingState } from '../../../../functions/mavera/actions/actionPerformer.ts';
import { runFocusGroupPerformer } from '../../../../functions/mavera/actions/runFocusGroupPerformer.ts';
import {
  type RunFocusGroupAction,
  type RunFocusGroupOptions,
  runFocusGroup,
} from '../../../../functions/triggers/actions.ts';
import { problemOf, requestOptions } from './requestOptions.ts';

const minuteMs = 60_000;

function action(options: RunFocusGroupOptions = {}): RunFocusGroupAction {
  return runFocusGroup(() => ({ workspace_id: 'ws_1' }), options);
}

function pending(): PendingPerformer<RunFocusGroupAction> {
  const { pending: found } = runFocusGroupPerformer;
  if (found === undefined) {
    throw new Error('a focus group is finished by and by');
  }
  return found;
}

function look(json: unknown, options: RunFocusGroupOptions = {}): PendingState {
  return pending().read(json, action(options));
}

describe('running a focus group', () => {
  it('is a POST to /focus-groups with what the builder chose, for Mavera to judge', () => {
    const built = {
      workspace_id: 'ws_abc123',
      name: 'Why they left',
      persona_ids: ['clx1'],
      questions: [{ type: 'open_ended', text: 'Why?' }],
    };
    expect(runFocusGroupPerformer.request(built, requestOptions(action()))).toEqual({
      request: { method: 'POST', path: '/focus-groups', body: built },
    });
  });

  it.each([
    [{}, 'workspace_id'],
    [{ workspace_id: '' }, 'workspace_id'],
    [{ workspace_id: 5 }, 'workspace_id'],
    [undefined, 'expected object'],
  ])('is refused without the workspace, which Mavera requires (%#)', (built, field) => {
    expect(problemOf(() => runFocusGroupPerformer.request(built, requestOptions(action())))).toContain(field);
  });

  it('is expected to cost 200 credits, and done 5 times at once', () => {
    expect(runFocusGroupPerformer).toMatchObject({ estimatedCredits: 200, cap: 5 });
  });

  it('has begun when Mavera has answered with its id', () => {
    expect(runFocusGroupPerformer.readAnswer({ id: 'fg_1', status: 'pending' }, action())).toEqual({
      pendingId: 'fg_1',
    });
    expect(problemOf(() => runFocusGroupPerformer.readAnswer({ status: 'pending' }, action()))).toContain(
      'id',
    );
  });
});

describe('a look at a focus group', () => {
  it('is a GET of its id, written so that it cannot lead anywhere else', () => {
    expect(pending().request('fg_1')).toEqual({ method: 'GET', path: '/focus-groups/fg_1' });
    expect(pending().request('../usage').path).toBe('/focus-groups/..%2Fusage');
  });

  it.each([
    [{}, 20_000, 60 * minuteMs],
    [{ pollEvery: '5s', timeout: '10m' } as const, 5_000, 10 * minuteMs],
  ])('is taken every 20 s for an hour, or as configured: %j', (options, everyMs, timeoutMs) => {
    expect(pending().everyMs(action(options))).toBe(everyMs);
    expect(pending().timeoutMs(action(options))).toBe(timeoutMs);
  });

  it.each(['completed', 'COMPLETED', 'Complete', 'done'])('finds it finished: %s', (status) => {
    const json = { id: 'fg_1', status, results: { themes: ['price'] }, usage: { credits_used: 120 } };
    expect(look(json)).toEqual({
      kind: 'done',
      result: { creditsUsed: 120, result: { focusGroupId: 'fg_1', focusGroup: json } },
    });
  });

  it.each([undefined, null, {}, { credits_used: 'many' }])('may not find what it cost: usage %j', (usage) => {
    expect(look({ id: 'fg_1', status: 'completed', usage })).toMatchObject({
      kind: 'done',
      result: { creditsUsed: undefined },
    });
  });

  it.each(['failed', 'FAILED', 'Error', 'cancelled', 'canceled'])('finds it failed: %s', (status) => {
    expect(look({ id: 'fg_1', status })).toEqual({
      kind: 'failed',
      detail: `Mavera says that focus group fg_1 is ${status}`,
    });
  });

  it.each(['pending', 'PROCESSING', 'generating', 'in a status that nobody knows', ''])(
    'finds it under way: %j',
    (status) => {
      expect(look({ id: 'fg_1', status })).toEqual({ kind: 'running' });
    },
  );

  it('goes by the member and the statuses that the trigger names, in any case of letters, and by no others', () => {
    const options = { statusField: 'state', doneStatuses: ['Ready'], failedStatuses: ['Broken'] };
    expect(look({ id: 'fg_1', state: 'READY' }, options)).toMatchObject({ kind: 'done' });
    expect(look({ id: 'fg_1', state: 'broken', status: 'completed' }, options)).toMatchObject({
      kind: 'failed',
    });
    expect(look({ id: 'fg_1', state: 'completed' }, options)).toEqual({ kind: 'running' });
    expect(look({ id: 'fg_1', state: 'failed' }, options)).toEqual({ kind: 'running' });
  });

  it.each([
    ['without a status', { id: 'fg_1' }, {}, 'status'],
    ['with a status that is no text', { id: 'fg_1', status: 3 }, {}, 'status'],
    [
      'without the member that the trigger names',
      { id: 'fg_1', status: 'done' },
      { statusField: 'state' },
      'state',
    ],
    ['that is no object', [], {}, 'expected object'],
  ])('cannot be read %s, naming the field', (_what, json, options, field) => {
    expect(problemOf(() => look(json, options))).toContain(field);
  });
});
