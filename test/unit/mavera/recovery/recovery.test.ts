import { describe, expect, it } from 'vitest';
import { cutMark } from '../../../../functions/ledger/shortened.ts';
import type { ActionPerformer } from '../../../../functions/mavera/actions/actionPerformer.ts';
import { performerOf } from '../../../../functions/mavera/actions/actionPerformers.ts';
import { askMavePerformer } from '../../../../functions/mavera/actions/askMavePerformer.ts';
import { createPersonaPerformer } from '../../../../functions/mavera/actions/createPersonaPerformer.ts';
import { respondAsPerformer } from '../../../../functions/mavera/actions/respondAsPerformer.ts';
import { runFocusGroupPerformer } from '../../../../functions/mavera/actions/runFocusGroupPerformer.ts';
import { updatePersonaPerformer } from '../../../../functions/mavera/actions/updatePersonaPerformer.ts';
import { recoverMaveAnswer } from '../../../../functions/mavera/recovery/recoverMaveAnswer.ts';
import type { LostCall, Recovery, RecoveryStep } from '../../../../functions/mavera/recovery/recovery.ts';
import { isSchemaError } from '../../../../functions/schema/schemaError.ts';
import {
  type Action,
  askMave,
  createPersona,
  runFocusGroup,
  updatePersona,
} from '../../../../functions/triggers/actions.ts';
import { searchMavera } from '../../../../lab/prove/fuzz/targets/mavera/searchMavera.ts';
import { requestOptions, runId } from '../actions/requestOptions.ts';

const startedAtMs = Date.parse('2026-11-20T12:00:00Z');

/** A call of an action whose answer was lost. */
function lost(
  action: Action,
  built: unknown = action.build(requestOptions(action).context),
  keptId?: string,
): LostCall {
  const { request } = performerFor(action).request(built, requestOptions(action, keptId));
  return { request, runId, startedAtMs };
}

function performerFor(action: Action): ActionPerformer {
  const performer = performerOf(action);
  if (performer === undefined) {
    throw new Error(`${action.kind} has no performer`);
  }
  return performer;
}

/** Searches with the recovery of a performer. */
async function recover(
  { recovery }: { readonly recovery?: Recovery },
  call: LostCall,
  read: (path: string) => Promise<unknown>,
): Promise<RecoveryStep> {
  if (recovery === undefined) {
    throw new Error('There is nothing to search');
  }
  return await searchMavera(recovery, call, read);
}

/** Answers reads by the beginning of their path, and notes them. */
function mavera(answers: Readonly<Record<string, unknown>>): {
  reads: string[];
  read: (path: string) => Promise<unknown>;
} {
  const reads: string[] = [];
  const read = async (path: string): Promise<unknown> => {
    reads.push(path);
    const found = Object.entries(answers).find(([beginning]) => path.startsWith(beginning));
    if (found === undefined) {
      throw new Error(`unexpected ${path}`);
    }
    return found[1];
  };
  return { reads, read };
}

const persona = { object: 'persona', is_custom: true, created_at: startedAtMs / 1000 + 3 };

describe('the persona of a call whose answer was lost', () => {
  const marked = { name: 'A trial user', description: 'On pro.' };

  it("the persona with the run's mark is found on a later page", async () => {
    const pages = mavera({
      '/personas?limit=100&search=%5Brun%200123456789012345%5D&cursor=next': {
        data: [{ ...persona, id: 'p2', name: 'A trial user', description: 'On pro. [run 0123456789012345]' }],
      },
      '/personas': {
        data: [{ ...persona, id: 'p1', name: 'A trial user', description: 'On pro.' }],
        next_cursor: 'next',
      },
    });
    const found = await recover(createPersonaPerformer, lost(createPersona(() => marked)), pages.read);
    expect(found).toEqual({
      kind: 'found',
      result: { creditsUsed: 300, result: { personaId: 'p2', name: 'A trial user' }, keptId: 'p2' },
    });
    expect(pages.reads).toHaveLength(2);
  });

  it('a persona without a description has no mark', async () => {
    const { read } = mavera({ '/personas': { data: [{ ...persona, id: 'p1', name: 'A trial user' }] } });
    expect(await recover(createPersonaPerformer, lost(createPersona(() => marked)), read)).toEqual({
      kind: 'not_found',
    });
  });

  it('in a list of personas that does not end, a person has to look', async () => {
    let pages = 0;
    const endless = async (): Promise<unknown> => {
      pages += 1;
      return { data: [], next_cursor: `${pages}` };
    };
    expect(await recover(createPersonaPerformer, lost(createPersona(() => marked)), endless)).toMatchObject({
      kind: 'unknowable',
      detail: expect.stringContaining('first 10000 of /personas'),
    });
  });

  it('nothing is found when no persona has the mark', async () => {
    const call = lost(createPersona(() => marked));
    expect(await recover(createPersonaPerformer, call, mavera({ '/personas': { data: [] } }).read)).toEqual({
      kind: 'not_found',
    });
  });

  it.each([
    ['a new custom persona of that name is found', {}, 'p1'],
    ['a persona dated in ISO 8601 is found', { created_at: '2026-11-20T12:00:03Z' }, 'p1'],
    ['a persona from before the call is not found', { created_at: startedAtMs / 1000 - 61 }, undefined],
    ['a persona without a date is not found', { created_at: null }, undefined],
    ['a persona of another name is not found', { name: 'Another' }, undefined],
    ["one of Mavera's own personas is not found", { is_custom: false }, undefined],
  ])('without a description, %s', async (_what, changes, id) => {
    const { read } = mavera({ '/personas': { data: [{ ...persona, id: 'p1', name: 'A VIP', ...changes }] } });
    const found = await recover(createPersonaPerformer, lost(createPersona(() => ({ name: 'A VIP' }))), read);
    expect(found.kind === 'found' ? found.result.result.personaId : undefined).toBe(id);
  });
});

describe('the lost answer of Mave', () => {
  const message = 'Why did they leave?';
  const messages = [
    { id: 'm1', role: 'user', content: message },
    { id: 'm2', role: 'assistant', content: 'Because …' },
  ];
  const listed = { id: 't1', updated_at: '2026-11-20T12:00:20Z' };

  it('the answer that follows the question in one of the newest threads is found', async () => {
    const { read, reads } = mavera({
      '/mave/threads?': {
        data: [{ ...listed, id: 't0' }, listed, { id: 'old', updated_at: '2026-11-20T11:00:00Z' }],
      },
      '/mave/threads/t0': { id: 't0', messages: [{ id: 'x', role: 'user', content: 'Something else' }] },
      '/mave/threads/t1': { id: 't1', credits_used: 23, messages, sources: [1], personas_used: [] },
    });
    expect(await recover(askMavePerformer, lost(askMave(() => ({ message }))), read)).toEqual({
      kind: 'found',
      result: {
        creditsUsed: 23,
        result: { messageId: 'm2', threadId: 't1', content: 'Because …', sources: [1], personasUsed: [] },
        keptId: 't1',
      },
    });
    expect(reads).toEqual(['/mave/threads?limit=100', '/mave/threads/t0', '/mave/threads/t1']);
  });

  it.each([
    ['how the question begins', 'Why did'],
    ['that with an ellipsis', 'Why did they…'],
    ['that with three dots', 'Why did they...'],
  ])('the answer is found however late Mavera began, in a thread whose title is %s', async (_what, title) => {
    const at = (ms: number): string => new Date(startedAtMs + ms).toISOString();
    const begun = (id: string, ms: number, name: unknown): object => ({
      id,
      title: name,
      created_at: at(ms),
      updated_at: at(ms),
    });
    const others = ['Something else', '', ' … ', null, undefined];
    const { read, reads } = mavera({
      '/mave/threads?': {
        data: [
          begun('t1', 90_000, title),
          ...Array.from({ length: 80 }, (_none, index) =>
            begun(`n${index}`, 40_000 - index, others[index % 5]),
          ),
        ],
      },
      '/mave/threads/t1': { id: 't1', credits_used: 23, messages },
    });
    expect(await recover(askMavePerformer, lost(askMave(() => ({ message }))), read)).toMatchObject({
      result: { result: { threadId: 't1' } },
    });
    expect(reads).toHaveLength(2);
  });

  it('among threads with the same title, the one that began nearest to the call is read first', async () => {
    const begun = (id: string, ms: number): object => {
      const time = new Date(startedAtMs + ms).toISOString();
      return { id, title: 'Why did', created_at: time, updated_at: time };
    };
    const { read } = mavera({
      '/mave/threads?': {
        data: [
          ...Array.from({ length: 60 }, (_none, index) => begun(`n${index}`, 90_000 - index)),
          begun('t1', 800),
        ],
      },
      '/mave/threads/t1': { id: 't1', credits_used: 23, messages },
    });
    expect(await recover(askMavePerformer, lost(askMave(() => ({ message }))), read)).toMatchObject({
      result: { result: { threadId: 't1' } },
    });
  });

  it('the answer is found although hundreds of threads have begun since the call', async () => {
    const at = (ms: number): string => new Date(startedAtMs + ms).toISOString();
    const begun = (id: string, ms: number): object => ({ id, created_at: at(ms), updated_at: at(ms) });
    const newest = Array.from({ length: 100 }, (_none, index) => begun(`n${index}`, 300_000 - index * 1_000));
    const { read, reads } = mavera({
      '/mave/threads?limit=100&cursor=older': {
        data: [
          ...Array.from({ length: 60 }, (_none, index) => begun(`o${index}`, 150_000 - index * 1_000)),
          begun('t1', 800),
          begun('before', -59_000),
          { ...begun('continued', -3_600_000), updated_at: at(500) },
          begun('long-before', -61_000),
        ],
        next_cursor: 'oldest',
      },
      '/mave/threads?': { data: newest, next_cursor: 'older' },
      '/mave/threads/t1': { id: 't1', credits_used: 23, messages },
    });
    expect(await recover(askMavePerformer, lost(askMave(() => ({ message }))), read)).toMatchObject({
      result: { result: { threadId: 't1' } },
    });
    expect(reads).toEqual([
      '/mave/threads?limit=100',
      '/mave/threads?limit=100&cursor=older',
      '/mave/threads/t1',
    ]);
  });

  it('the answer is found although thousands of threads have begun since the call', async () => {
    const at = (ms: number): string => new Date(startedAtMs + ms).toISOString();
    const begun = (id: string, ms: number): object => ({ id, created_at: at(ms), updated_at: at(ms) });
    const page = (number: number): object => ({
      data: Array.from({ length: 100 }, (_none, index) =>
        begun(`p${number}-${index}`, 1_000_000 - number * 50_000 - index * 500),
      ),
      next_cursor: `c${number + 1}`,
    });
    const read = async (path: string): Promise<unknown> => {
      const [, thread] = /^\/mave\/threads\/(.+)$/.exec(path) ?? [];
      const [, number = '0'] = /cursor=c(\d+)$/.exec(path) ?? [];
      if (thread !== undefined) {
        return { id: thread, messages: thread === 'p19-98' ? messages : [] };
      }
      return page(Number(number));
    };
    expect(await recover(askMavePerformer, lost(askMave(() => ({ message }))), read)).toMatchObject({
      result: { result: { threadId: 'p19-98' } },
    });
  });

  it('the answer is found in the thread that the question continued, without the cost of other questions', async () => {
    const { read } = mavera({ '/mave/threads/t9': { id: 't9', credits_used: 99, messages } });
    const call = lost(askMave(() => ({ message, thread_id: 't9' })));
    expect(await recover(askMavePerformer, call, read)).toMatchObject({
      result: { creditsUsed: undefined, result: { threadId: 't9', content: 'Because …' } },
    });
  });

  it('nothing is found when the question has no answer, or was never asked', async () => {
    const call = lost(askMave(() => ({ message })));
    const unanswered = mavera({
      '/mave/threads?': { data: [listed] },
      '/mave/threads/t1': { id: 't1', messages: messages.slice(0, 1) },
    });
    expect(await recover(askMavePerformer, call, unanswered.read)).toEqual({ kind: 'not_found' });
    expect(await recover(askMavePerformer, call, mavera({ '/mave/threads?': { data: [] } }).read)).toEqual({
      kind: 'not_found',
    });
  });

  it('the answer is found in the thread that the trigger keeps', async () => {
    const { read, reads } = mavera({ '/mave/threads/kept': { id: 'kept', messages } });
    const call = lost(
      askMave(() => ({ message }), { thread: 'per-user' }),
      { message },
      'kept',
    );
    expect(await recover(askMavePerformer, call, read)).toMatchObject({ result: { keptId: 'kept' } });
    expect(reads).toEqual(['/mave/threads/kept']);
  });

  it('a question that was asked twice has the answer of the second time', async () => {
    const again = [
      ...messages,
      { id: 'm3', role: 'user', content: message },
      { id: 'm4', role: 'assistant', content: 'Now because …' },
    ];
    const { read } = mavera({ '/mave/threads/t9': { id: 't9', messages: again } });
    const call = lost(askMave(() => ({ message, thread_id: 't9' })));
    expect(await recover(askMavePerformer, call, read)).toMatchObject({
      result: { result: { messageId: 'm4' } },
    });
  });

  it.each([
    ['a question of other words', [{ id: 'm1', role: 'user', content: 'Why did he leave?' }, messages[1]]],
    [
      'what Mave itself has said in these words',
      [{ id: 'm1', role: 'assistant', content: message }, messages[1]],
    ],
    ['a question that another question follows', [messages[0], { id: 'm3', role: 'user', content: 'And?' }]],
  ])('the answer to %s is not taken', async (_what, said) => {
    const { read } = mavera({ '/mave/threads/t9': { id: 't9', messages: said } });
    const call = lost(askMave(() => ({ message, thread_id: 't9' })));
    expect(await recover(askMavePerformer, call, read)).toEqual({ kind: 'not_found' });
  });

  it('an answer is told with its sources and personas, or with none', async () => {
    const call = lost(askMave(() => ({ message, thread_id: 't9' })));
    const told = async (more: object): Promise<unknown> => {
      const { read } = mavera({ '/mave/threads/t9': { id: 't9', messages, ...more } });
      const found = await recover(askMavePerformer, call, read);
      return found.kind === 'found' ? found.result.result : found;
    };
    const usual = { messageId: 'm2', threadId: 't9', content: 'Because …' };
    expect(await told({})).toEqual({ ...usual, sources: [], personasUsed: [] });
    const lists = { sources: ['a page'], personas_used: ['p1'] };
    expect(await told(lists)).toEqual({ ...usual, sources: ['a page'], personasUsed: ['p1'] });
  });

  it('threads that began or ended before the call are not read', async () => {
    const { read, reads } = mavera({
      '/mave/threads?': {
        data: [
          { id: 'continued', created_at: '2026-11-20T09:00:00Z', updated_at: '2026-11-20T12:00:20Z' },
          { id: 'new', created_at: '2026-11-20T12:00:10Z', updated_at: '2026-11-20T12:00:20Z' },
          { id: 'odd', created_at: '2026-11-20T12:00:10Z', updated_at: '2026-11-20T09:00:00Z' },
        ],
      },
      '/mave/threads/new': { id: 'new', messages: [] },
    });
    expect(await recover(askMavePerformer, lost(askMave(() => ({ message }))), read)).toEqual({
      kind: 'not_found',
    });
    expect(reads).toEqual(['/mave/threads?limit=100', '/mave/threads/new']);
  });

  it('an empty page of threads is read over', async () => {
    const { read } = mavera({
      '/mave/threads?limit=100&cursor=next': { data: [listed] },
      '/mave/threads?': { data: [], next_cursor: 'next' },
      '/mave/threads/t1': { id: 't1', messages },
    });
    expect(await recover(askMavePerformer, lost(askMave(() => ({ message }))), read)).toMatchObject({
      kind: 'found',
    });
  });

  it('a thread that is read may be gone by then', () => {
    const call = lost(askMave(() => ({ message, thread_id: 't9' })));
    expect(recoverMaveAnswer.begin(call)).toMatchObject({ kind: 'read', mayBeGone: true });
  });

  it('an answer that an earlier run got to the same question in the same thread is not found', async () => {
    const earlier = messages.map((one) => ({ ...one, created_at: '2026-10-01T09:00:00Z' }));
    const { read } = mavera({ '/mave/threads/kept': { id: 'kept', messages: earlier } });
    const call = lost(
      askMave(() => ({ message }), { thread: 'per-user' }),
      { message },
      'kept',
    );
    expect(await recover(askMavePerformer, call, read)).toEqual({ kind: 'not_found' });
  });
});

describe('the lost answer of an update', () => {
  const update = updatePersona(() => ({ name: 'A VIP', description: 'On pro.' }), { per: 'user' });

  it('an update is repeated without a search, because repeating it changes nothing', async () => {
    const { read, reads } = mavera({});
    expect(await recover(updatePersonaPerformer, lost(update, undefined, 'p-1'), read)).toEqual({
      kind: 'not_found',
    });
    expect(reads).toEqual([]);
  });

  it('the persona that an update created is found by its mark, and kept', async () => {
    const created = { ...persona, id: 'p1', name: 'A VIP', description: 'On pro. [run 0123456789012345]' };
    const { read } = mavera({ '/personas': { data: [created] } });
    expect(await recover(updatePersonaPerformer, lost(update), read)).toEqual({
      kind: 'found',
      result: { creditsUsed: 300, result: { personaId: 'p1', name: 'A VIP' }, keptId: 'p1' },
    });
  });
});

describe('the lost answer of a persona', () => {
  it('a response is asked for again without a search, because Mavera has no list of responses', () => {
    expect(respondAsPerformer.recovery).toBeUndefined();
  });
});

describe('the focus group of a call whose answer was lost', () => {
  const named = runFocusGroup(() => ({ workspace_id: 'ws_1', name: 'Why they left' }));
  const group = { id: 'fg_1', name: 'Why they left', created_at: startedAtMs / 1000 + 3 };

  it.each([
    ['a new focus group of that name is found, finished or not', {}, { kind: 'pending', pendingId: 'fg_1' }],
    [
      'a focus group dated in ISO 8601 is found',
      { created_at: '2026-11-20T12:00:03Z' },
      { kind: 'pending', pendingId: 'fg_1' },
    ],
    [
      "a focus group that is a little older than the call by Mavera's clock is found",
      { created_at: startedAtMs / 1000 - 59 },
      { kind: 'pending', pendingId: 'fg_1' },
    ],
    [
      'a focus group from before the call is not found',
      { created_at: startedAtMs / 1000 - 61 },
      { kind: 'not_found' },
    ],
    ['a focus group of another name is not found', { name: 'Another' }, { kind: 'not_found' }],
  ])('%s', async (_what, changes, expected) => {
    const { read, reads } = mavera({ '/focus-groups?': { data: [{ ...group, ...changes }] } });
    expect(await recover(runFocusGroupPerformer, lost(named), read)).toEqual(expected);
    expect(reads).toEqual(['/focus-groups?limit=100']);
  });

  it('if Mavera does not date a focus group of that name, a person has to look', async () => {
    const name = `Why they left ${'x'.repeat(200)}`;
    const dateless = [
      { id: 'fg_0', name: 'Another' },
      { id: 'fg_1', name },
    ];
    const { read } = mavera({ '/focus-groups?': { data: dateless } });
    const call = lost(runFocusGroup(() => ({ workspace_id: 'ws_1', name })));
    expect(await recover(runFocusGroupPerformer, call, read)).toEqual({
      kind: 'unknowable',
      detail: expect.stringMatching(
        /does not say when it created those named "Why they left x{86}"\. Check in Mavera/,
      ),
    });
  });

  it('a focus group of another name needs no date', async () => {
    const { read } = mavera({ '/focus-groups?': { data: [{ id: 'fg_0', name: 'Another' }] } });
    expect(await recover(runFocusGroupPerformer, lost(named), read)).toEqual({ kind: 'not_found' });
  });

  it('a focus group without a name cannot be recovered: a person has to look', async () => {
    const nameless = lost(runFocusGroup(() => ({ workspace_id: 'ws_1' })));
    const { read, reads } = mavera({});
    expect(await recover(runFocusGroupPerformer, nameless, read)).toEqual({
      kind: 'unknowable',
      detail: expect.stringMatching(/gives it no name\. Check in Mavera/),
    });
    expect(reads).toEqual([]);
  });

  it('a list of focus groups in another shape is a schema error', async () => {
    const { read } = mavera({ '/focus-groups?': { focus_groups: [group] } });
    const recovery = recover(runFocusGroupPerformer, lost(named), read);
    expect(isSchemaError(await recovery.then(undefined, (error: unknown) => error))).toBe(true);
  });
});

describe('a search', () => {
  it('goes on to the next thread when one is gone', async () => {
    const message = 'Why?';
    const gone = async (path: string): Promise<unknown> =>
      path.startsWith('/mave/threads?') ? { data: [{ id: 't1' }, { id: 't2' }] } : undefined;
    expect(await recover(askMavePerformer, lost(askMave(() => ({ message }))), gone)).toEqual({
      kind: 'not_found',
    });
  });

  it('finds a long question by its beginning, as far as the ledger has kept it', async () => {
    const whole = `Why? ${'x'.repeat(10_000)}`;
    const call = lost(askMave(() => ({ message: `${whole.slice(0, 5_000)}${cutMark}`, thread_id: 't9' })));
    const messages = [
      { id: 'm1', role: 'user', content: whole },
      { id: 'm2', role: 'assistant', content: 'Because …' },
    ];
    const { read } = mavera({ '/mave/threads/t9': { id: 't9', messages } });
    expect(await recover(askMavePerformer, call, read)).toMatchObject({ kind: 'found' });
  });

  it('keeps little between two reads, however many threads it has seen', () => {
    const call = lost(askMave(() => ({ message: 'Why?' })));
    let step = recoverMaveAnswer.begin(call);
    let bytes = 0;
    for (let page = 0; step.kind === 'read' && page < 100; page += 1) {
      bytes = Math.max(bytes, JSON.stringify(step.state).length);
      const data = Array.from({ length: 100 }, (_none, index) => ({
        id: `${'t'.repeat(190)}${page}-${index}`,
      }));
      step = recoverMaveAnswer.next(call, step.state, { json: { data, next_cursor: `${page}` } });
    }
    expect(step).toMatchObject({ kind: 'unknowable', detail: expect.stringContaining('first 10000 of') });
    expect(bytes).toBeLessThan(10_000);
  });

  it('does not go on from a state of another shape', () => {
    const call = lost(askMave(() => ({ message: 'Why?' })));
    expect(() => recoverMaveAnswer.next(call, { other: 1 }, { json: {} })).toThrow();
  });
});

describe('half a character', () => {
  it.each([
    ['the name of a persona', createPersona(() => ({ name: 'half \ud83d' })), { '/personas': { data: [] } }],
    [
      'the thread of a question',
      askMave(() => ({ message: 'Why?', thread_id: 'half \ud83d' })),
      { '/mave': { id: 't', messages: [] } },
    ],
  ])('half a character in %s does not prevent recovery', async (_what, action, answers) => {
    const { reads, read } = mavera(answers);
    await expect(recover(performerFor(action), lost(action), read)).resolves.toEqual({ kind: 'not_found' });
    expect(reads).toEqual([expect.stringContaining(encodeURIComponent('half \ufffd'))]);
  });
});
