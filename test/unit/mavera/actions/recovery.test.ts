import { describe, expect, it } from 'vitest';
import type { ActionPerformer, LostCall } from '../../../../functions/mavera/actions/actionPerformer.ts';
import { askMavePerformer } from '../../../../functions/mavera/actions/askMavePerformer.ts';
import { createPersonaPerformer } from '../../../../functions/mavera/actions/createPersonaPerformer.ts';

const runId = '0123456789'.repeat(4);
const startedAtMs = Date.parse('2026-11-20T12:00:00Z');

function lost(performer: ActionPerformer, built: object): LostCall {
  return { request: performer.request(built, runId), runId, startedAtMs };
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

  it("is the one with the run's marker, on whatever page", async () => {
    const pages = mavera({
      '/personas?limit=100&search=%5Brun%200123456789012345%5D&cursor=next': {
        data: [{ ...persona, id: 'p2', name: 'A trial user', description: 'On pro. [run 0123456789012345]' }],
      },
      '/personas': {
        data: [{ ...persona, id: 'p1', name: 'A trial user', description: 'On pro.' }],
        next_cursor: 'next',
      },
    });
    const found = await createPersonaPerformer.recover(lost(createPersonaPerformer, marked), pages.read);
    expect(found).toEqual({ creditsUsed: 300, result: { personaId: 'p2', name: 'A trial user' } });
    expect(pages.reads).toHaveLength(2);
  });

  it('is not there when no persona has the marker, and the search ends', async () => {
    const endless = mavera({ '/personas': { data: [], next_cursor: 'again' } });
    const call = lost(createPersonaPerformer, marked);
    expect(await createPersonaPerformer.recover(call, endless.read)).toBeUndefined();
    expect(endless.reads.length).toBeLessThanOrEqual(5);
  });

  it.each([
    ['is the new custom one of that name when it has no description', {}, 'p1'],
    ['may be dated in ISO 8601', { created_at: '2026-11-20T12:00:03Z' }, 'p1'],
    ['is none that was there before', { created_at: startedAtMs / 1000 - 61 }, undefined],
    ['is none without a date', { created_at: null }, undefined],
    ['is none of another name', { name: 'Another' }, undefined],
    ["is none of Mavera's own", { is_custom: false }, undefined],
  ])('%s', async (_what, changes, id) => {
    const { read } = mavera({ '/personas': { data: [{ ...persona, id: 'p1', name: 'A VIP', ...changes }] } });
    const found = await createPersonaPerformer.recover(lost(createPersonaPerformer, { name: 'A VIP' }), read);
    expect(found?.result.personaId).toBe(id);
  });
});

describe('the answer of Mave that was lost', () => {
  const message = 'Why did they leave?';
  const messages = [
    { id: 'm1', role: 'user', content: message },
    { id: 'm2', role: 'assistant', content: 'Because …' },
  ];
  const listed = { id: 't1', updated_at: '2026-11-20T12:00:20Z' };

  it('is what follows the question in one of the newest threads', async () => {
    const { read, reads } = mavera({
      '/mave/threads?': {
        data: [{ ...listed, id: 't0' }, listed, { id: 'old', updated_at: '2026-11-20T11:00:00Z' }],
      },
      '/mave/threads/t0': { id: 't0', messages: [{ id: 'x', role: 'user', content: 'Something else' }] },
      '/mave/threads/t1': { id: 't1', credits_used: 23, messages, sources: [1], personas_used: [] },
    });
    expect(await askMavePerformer.recover(lost(askMavePerformer, { message }), read)).toEqual({
      creditsUsed: 23,
      result: { messageId: 'm2', threadId: 't1', content: 'Because …', sources: [1], personasUsed: [] },
    });
    expect(reads).toEqual(['/mave/threads?limit=100', '/mave/threads/t0', '/mave/threads/t1']);
  });

  it('is looked for in the thread that the question continued, without what others had cost', async () => {
    const { read } = mavera({ '/mave/threads/t9': { id: 't9', credits_used: 99, messages } });
    const call = lost(askMavePerformer, { message, thread_id: 't9' });
    expect(await askMavePerformer.recover(call, read)).toMatchObject({
      creditsUsed: undefined,
      result: { threadId: 't9', content: 'Because …' },
    });
  });

  it('is not there when the question has no answer, or was never asked', async () => {
    const call = lost(askMavePerformer, { message });
    const unanswered = mavera({
      '/mave/threads?': { data: [listed] },
      '/mave/threads/t1': { id: 't1', messages: messages.slice(0, 1) },
    });
    expect(await askMavePerformer.recover(call, unanswered.read)).toBeUndefined();
    expect(
      await askMavePerformer.recover(call, mavera({ '/mave/threads?': { data: [] } }).read),
    ).toBeUndefined();
  });
});
