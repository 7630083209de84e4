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
    throw new Error('a focus group has to be polled');
  }
  return found;
}

function poll(json: unknown, options: RunFocusGroupOptions = {}): PendingState {
  return pending().read(json, action(options));
}

describe('running a focus group', () => {
  it('running a focus group is a POST to /focus-groups with what the builder returned', () => {
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
  ])('a request without the workspace that Mavera requires is refused (%#)', (built, field) => {
    expect(problemOf(() => runFocusGroupPerformer.request(built, requestOptions(action())))).toContain(field);
  });

  it('a focus group is estimated at 200 credits, and 5 run at once', () => {
    expect(runFocusGroupPerformer).toMatchObject({ estimatedCredits: 200, cap: 5 });
  });

  it('a focus group is pending once Mavera has answered with its id', () => {
    expect(runFocusGroupPerformer.readAnswer({ id: 'fg_1', status: 'pending' }, action())).toEqual({
      pendingId: 'fg_1',
    });
    expect(problemOf(() => runFocusGroupPerformer.readAnswer({ status: 'pending' }, action()))).toContain(
      'id',
    );
  });
});

describe('polling a focus group', () => {
  it('a poll is a GET of the id, written so that its path leads to no other resource', () => {
    expect(pending().request('fg_1')).toEqual({ method: 'GET', path: '/focus-groups/fg_1' });
    expect(pending().request('../usage').path).toBe('/focus-groups/..%2Fusage');
  });

  it.each([
    [{}, 20_000, 60 * minuteMs],
    [{ pollEvery: '5s', timeout: '10m' } as const, 5_000, 10 * minuteMs],
  ])(
    'a focus group is polled every 20 s for an hour, or as configured: %j',
    (options, everyMs, timeoutMs) => {
      expect(pending().everyMs(action(options))).toBe(everyMs);
      expect(pending().timeoutMs(action(options))).toBe(timeoutMs);
    },
  );

  it.each(['completed', 'COMPLETED', 'Complete', 'done'])(
    'a focus group with this status is done: %s',
    (status) => {
      const json = { id: 'fg_1', status, results: { themes: ['price'] }, usage: { credits_used: 120 } };
      expect(poll(json)).toEqual({
        kind: 'done',
        result: { creditsUsed: 120, result: { focusGroupId: 'fg_1', focusGroup: json } },
      });
    },
  );

  it.each([undefined, null, {}, { credits_used: 'many' }])(
    'a focus group without its cost is done: usage %j',
    (usage) => {
      expect(poll({ id: 'fg_1', status: 'completed', usage })).toMatchObject({
        kind: 'done',
        result: { creditsUsed: undefined },
      });
    },
  );

  it.each(['failed', 'FAILED', 'Error', 'cancelled', 'canceled'])(
    'a focus group with this status has failed: %s',
    (status) => {
      expect(poll({ id: 'fg_1', status })).toEqual({
        kind: 'failed',
        detail: `Mavera says that focus group fg_1 is ${status}`,
      });
    },
  );

  it.each([
    [{ message: 'The personas are gone.', code: 'no_personas' }, 'no_personas: The personas are gone.'],
    [{ message: 'The personas are gone.' }, 'The personas are gone.'],
    ['The personas are gone.', 'The personas are gone.'],
  ])('a focus group that has failed is told in the words of Mavera: %j', (error, words) => {
    expect(poll({ id: 'fg_1', status: 'failed', error })).toEqual({
      kind: 'failed',
      detail: `Mavera says that focus group fg_1 is failed: ${words}`,
    });
  });

  it.each([{}, null, '', { code: null }])(
    'a focus group with an error that says nothing is done: %j',
    (error) => {
      expect(poll({ id: 'fg_1', status: 'completed', error })).toMatchObject({ kind: 'done' });
    },
  );

  it.each(['pending', 'PROCESSING', 'generating', 'in a status that nobody knows', ''])(
    'a focus group with another status is running: %j',
    (status) => {
      expect(poll({ id: 'fg_1', status })).toEqual({ kind: 'running' });
    },
  );

  it('only the member and the statuses that the trigger names count, in upper or lower case', () => {
    const options = { statusField: 'state', doneStatuses: ['Ready'], failedStatuses: ['Broken'] };
    expect(poll({ id: 'fg_1', state: 'READY' }, options)).toMatchObject({ kind: 'done' });
    expect(poll({ id: 'fg_1', state: 'broken', status: 'completed' }, options)).toMatchObject({
      kind: 'failed',
    });
    expect(poll({ id: 'fg_1', state: 'completed' }, options)).toEqual({ kind: 'running' });
    expect(poll({ id: 'fg_1', state: 'failed' }, options)).toEqual({ kind: 'running' });
  });

  it('the trigger names the members of the id, the status and the credits, also those of a member', () => {
    const options = { idField: 'data.uuid', statusField: 'data.state', creditsField: 'credits_charged' };
    const json = {
      data: { uuid: 'fg_1', state: 'completed' },
      credits_charged: 61,
      usage: { credits_used: 9 },
    };
    expect(runFocusGroupPerformer.readAnswer(json, action(options))).toEqual({ pendingId: 'fg_1' });
    expect(poll(json, options)).toEqual({
      kind: 'done',
      result: { creditsUsed: 61, result: { focusGroupId: 'fg_1', focusGroup: json } },
    });
    expect(problemOf(() => runFocusGroupPerformer.readAnswer({ id: 'fg_1' }, action(options)))).toContain(
      'data.uuid',
    );
  });

  it.each([
    ['without a status', { id: 'fg_1' }, {}, 'status'],
    ['with a status that is not a string', { id: 'fg_1', status: 3 }, {}, 'status'],
    [
      'without the member that the trigger names',
      { id: 'fg_1', status: 'done' },
      { statusField: 'state' },
      'state',
    ],
    ['that is not an object', [], {}, 'expected object'],
  ])('an answer %s is refused, and the message names the field', (_what, json, options, field) => {
    expect(problemOf(() => poll(json, options))).toContain(field);
  });
});
