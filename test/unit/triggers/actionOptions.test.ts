import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import * as mini from 'zod/mini';
import {
  askMave,
  createPersona,
  respondAs,
  runFocusGroup,
  updatePersona,
} from '../../../functions/triggers/actions.ts';
import { problemsWith } from './problems.ts';

const ask = askMave(() => ({ message: 'Why?' }));
const create = createPersona(() => ({ name: 'Ann' }));
const update = updatePersona(() => ({ name: 'Ann' }), { per: 'user' });
const respond = respondAs(() => ({ input: 'Why?' }), { personaId: 'p-1' });
const focus = runFocusGroup(() => ({ workspace_id: 'ws_1' }));
const aFunction = (): string => 'p-1';

describe('actions that can be used', () => {
  it.each([
    ask,
    { ...ask, thread: 'per-user' },
    { ...ask, thread: 'per-group', estimatedCredits: 0 },
    { ...ask, thread: undefined, estimatedCredits: undefined },
    create,
    { ...create, estimatedCredits: 300.5 },
    update,
    { ...update, per: 'group' },
    { ...update, per: aFunction },
    { ...update, per: undefined, personaId: 'p-1' },
    { ...update, per: undefined, personaId: aFunction },
    respond,
    { ...respond, personaId: aFunction },
    { ...respond, output: z.object({ why: z.string() }) },
    { ...respond, output: mini.object({ why: mini.string() }) },
    focus,
    { ...focus, statusField: 'state', doneStatuses: ['ready'], failedStatuses: [] },
    { ...focus, idField: 'data.id', statusField: 'data.state', creditsField: 'credits_charged' },
    { ...focus, pollEvery: '5s', timeout: '1s' },
    { ...focus, pollEvery: '15m', timeout: '3d' },
  ])('are accepted: $kind (%#)', (run) => {
    expect(problemsWith({ run })).toEqual([]);
  });
});

describe('the credits that a run is expected to cost', () => {
  it.each([ask, create, update, respond, focus])('are 0 or more, for every action: $kind', (run) => {
    expect(problemsWith({ run: { ...run, estimatedCredits: -1 } })).toEqual([
      'run.estimatedCredits: expected 0 credits or more, got -1',
    ]);
  });
});

describe('a field that an action does not have', () => {
  it.each([
    [ask, 'thread'],
    [create, undefined],
    [update, 'personaId, per'],
    [respond, 'personaId, output'],
    [focus, 'idField, statusField, creditsField, doneStatuses, failedStatuses, pollEvery, timeout'],
  ])('is refused, with the fields that the action has: $kind', (run, options) => {
    const fields = ['kind, build, estimatedCredits', ...(options === undefined ? [] : [options])].join(', ');
    expect(problemsWith({ run: { ...run, personaID: 'p-1' } })).toEqual([
      `run.personaID: there is no such field; the fields are ${fields}`,
    ]);
  });

  it('is refused though another action has it', () => {
    expect(problemsWith({ run: { ...create, per: 'user' } })).toEqual([
      'run.per: there is no such field; the fields are kind, build, estimatedCredits',
    ]);
  });
});

describe('asking Mave', () => {
  it.each(['per-users', 'user', '', true, null])('is refused with a thread %j', (thread) => {
    expect(problemsWith({ run: { ...ask, thread } })).toEqual([
      `run.thread: expected 'per-user' or 'per-group', got ${JSON.stringify(thread)}`,
    ]);
  });
});

describe('updating a persona', () => {
  const either = 'run.personaId: set either personaId, or per for a persona that this trigger creates';

  it('needs either the id of a known persona or a key, and not both', () => {
    expect(problemsWith({ run: { ...update, per: undefined } })).toEqual([either]);
    expect(problemsWith({ run: { ...update, personaId: 'p-1' } })).toEqual([either]);
  });

  it.each(['users', '', null, 5])('is refused per %j', (per) => {
    expect(problemsWith({ run: { ...update, per } })).toContain(
      `run.per: expected 'user', 'group' or a function of the event, got ${JSON.stringify(per)}`,
    );
  });

  it.each(['', null, 5, {}])('is refused with the id %j', (personaId) => {
    expect(problemsWith({ run: { ...update, per: undefined, personaId } })).toContain(
      `run.personaId: expected an id, or a function that returns one, got ${JSON.stringify(personaId)}`,
    );
  });
});

describe('having a persona answer', () => {
  it('needs the id of the persona', () => {
    expect(problemsWith({ run: { ...respond, personaId: undefined } })).toEqual([
      'run.personaId: missing; set the id of the persona that answers',
    ]);
  });

  it.each(['', 5, ['p-1']])('is refused with the id %j', (personaId) => {
    expect(problemsWith({ run: { ...respond, personaId } })).toEqual([
      `run.personaId: expected an id, or a function that returns one, got ${JSON.stringify(personaId)}`,
    ]);
  });

  it.each([{ type: 'object' }, { properties: {} }, 'text', null, true])(
    'is refused with an output that is not a zod schema: %j',
    (output) => {
      expect(problemsWith({ run: { ...respond, output } })).toEqual([
        `run.output: expected a zod schema, got ${JSON.stringify(output)}`,
      ]);
    },
  );
});

describe('running a focus group', () => {
  it.each(['', 5, null, '.status', 'data.'])('is refused with the status field %j', (statusField) => {
    expect(problemsWith({ run: { ...focus, statusField } })).toEqual([
      `run.statusField: expected the name of a member, such as 'status' or 'data.status', got ${JSON.stringify(statusField)}`,
    ]);
  });

  it.each(['done', [''], ['done', 5], {}, null])('is refused with the statuses %j', (statuses) => {
    const shown = JSON.stringify(statuses);
    expect(problemsWith({ run: { ...focus, doneStatuses: statuses, failedStatuses: statuses } })).toEqual([
      `run.doneStatuses: expected a list of strings, got ${shown}`,
      `run.failedStatuses: expected a list of strings, got ${shown}`,
    ]);
  });

  it('needs at least one status for done, and none for failed', () => {
    expect(problemsWith({ run: { ...focus, doneStatuses: [], failedStatuses: [] } })).toEqual([
      'run.doneStatuses: expected a list of one or more strings, got []',
    ]);
  });

  it.each(['4.9s', '0s', '901s', '1h', '20', 20, null])('is refused when it polls every %j', (pollEvery) => {
    expect(problemsWith({ run: { ...focus, pollEvery } })).toEqual([
      `run.pollEvery: expected a duration from 5s to 15m, got ${JSON.stringify(pollEvery)}`,
    ]);
  });

  it.each(['0s', '1', 60, null])('is refused with a timeout of %j', (timeout) => {
    expect(problemsWith({ run: { ...focus, timeout } })).toEqual([
      `run.timeout: expected a duration such as 1h, got ${JSON.stringify(timeout)}`,
    ]);
  });
});
