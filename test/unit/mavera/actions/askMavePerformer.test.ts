import { describe, expect, it } from 'vitest';
import type { ActionResult } from '../../../../functions/mavera/actions/actionResult.ts';
import { askMavePerformer } from '../../../../functions/mavera/actions/askMavePerformer.ts';
import type { SystemRequest } from '../../../../functions/systems/systemClient.ts';
import { askMave } from '../../../../functions/triggers/actions.ts';
import { problemOf, requestOptions } from './requestOptions.ts';

/** The answer of Mavera's API reference, "Send message to Mave". */
const documented = {
  id: 'msg_1',
  object: 'mave_message',
  thread_id: 'thread_1',
  role: 'assistant',
  content: 'They left because …',
  sources: [{ title: 'A study', url: 'https://example.com/study', domain: 'example.com' }],
  personas_used: [{ id: 'clx1abc2d0001abcdef123456', name: 'Enterprise CMO' }],
  usage: { credits_used: 23 },
  created_at: '2023-11-07T05:31:56Z',
};

const ask = askMave(() => ({ message: 'Why?' }));

/** The request for what a builder returned. */
function requestOf(built: unknown, keptId?: string): SystemRequest {
  return askMavePerformer.request(built, requestOptions(ask, keptId)).request;
}

function read(json: unknown): ActionResult {
  const answer = askMavePerformer.readAnswer(json, ask);
  if ('pendingId' in answer) {
    throw new Error('Mave answers at once');
  }
  return answer;
}

describe('asking Mave', () => {
  it('asking Mave is a POST to /mave/chat that does not stream', () => {
    expect(requestOf({ message: 'Why?' })).toEqual({
      method: 'POST',
      path: '/mave/chat',
      body: { message: 'Why?', stream: false },
    });
  });

  it('thread, workspace and undocumented members are passed on', () => {
    const built = { message: 'Why?', thread_id: 'thread_1', workspace_id: 'ws_1', tone: 'dry' };
    expect(requestOf(built).body).toEqual({ ...built, stream: false });
  });

  it('a message may be a single character', () => {
    expect(requestOf({ message: '?' }).body).toMatchObject({ message: '?' });
  });

  it('Mave never streams, even if the builder asks for it: nothing would read the stream', () => {
    expect(requestOf({ message: 'Why?', stream: true }).body).toMatchObject({
      stream: false,
    });
  });

  it.each([
    [{}, 'message'],
    [{ message: '' }, 'message'],
    [{ message: 5 }, 'message'],
    [{ message: 'Why?', thread_id: null }, 'thread_id'],
    [{ message: 'Why?', workspace_id: 5 }, 'workspace_id'],
    [undefined, 'expected object'],
    ['Why?', 'expected object'],
  ])('the request %j is refused, and the message names the field', (built, field) => {
    expect(problemOf(() => requestOf(built))).toContain(field);
  });

  it('a question is estimated at 50 credits, and 10 are asked at once', () => {
    expect(askMavePerformer).toMatchObject({ estimatedCredits: 50, cap: 10 });
  });
});

describe('one thread for each user or group', () => {
  it('a thread is kept only where the trigger asks for it', () => {
    const keeps = (thread: 'per-user' | 'per-group'): unknown =>
      askMavePerformer.keeps?.(askMave(() => ({ message: 'Why?' }), { thread }));
    expect(keeps('per-user')).toEqual({ per: 'user', gone: 'thread_gone' });
    expect(keeps('per-group')).toEqual({ per: 'group', gone: 'thread_gone' });
    expect(askMavePerformer.keeps?.(ask)).toBeUndefined();
  });

  it('a kept thread is continued', () => {
    expect(requestOf({ message: 'Why?' }, 'thread_1').body).toEqual({
      message: 'Why?',
      thread_id: 'thread_1',
      stream: false,
    });
  });

  it('the thread that the builder chooses goes before the kept one', () => {
    const built = { message: 'Why?', thread_id: 'thread_2' };
    expect(requestOf(built, 'thread_1').body).toMatchObject({ thread_id: 'thread_2' });
  });

  it('a kept thread is continued when the builder returns an undefined thread_id', () => {
    const built = { message: 'Why?', thread_id: undefined };
    expect(requestOf(built, 'thread_1').body).toMatchObject({ thread_id: 'thread_1' });
  });
});

describe("Mave's answer", () => {
  it('the documented answer of Mave is read', () => {
    expect(read(documented)).toEqual({
      creditsUsed: 23,
      result: {
        messageId: 'msg_1',
        threadId: 'thread_1',
        content: 'They left because …',
        sources: documented.sources,
        personasUsed: documented.personas_used,
      },
      keptId: 'thread_1',
    });
  });

  it("the validation that Mavera's guides mention is passed on", () => {
    const validation = { confidence_score: 0.87, hallucination_risk: 'low', unsupported_claims: [] };
    expect(read({ ...documented, validation }).result).toMatchObject({ validation });
  });

  it.each([undefined, null])('an answer without sources, personas and usage is read (%j)', (missing) => {
    const bare = { ...documented, sources: missing, personas_used: missing, usage: missing };
    const { creditsUsed, result } = read(bare);
    expect(creditsUsed).toBeUndefined();
    expect(result).toMatchObject({ sources: [], personasUsed: [] });
  });

  it.each([{}, { credits_used: null }])('an answer without its cost is read: usage %j', (usage) => {
    expect(read({ ...documented, usage }).creditsUsed).toBeUndefined();
  });

  it.each([
    [{ ...documented, content: undefined }, 'content'],
    [{ ...documented, thread_id: 5 }, 'thread_id'],
    [{}, 'id'],
    [null, 'expected object'],
    [[], 'expected object'],
  ])(
    'an answer that is not as documented is refused, and the message names the field (%#)',
    (json, field) => {
      expect(problemOf(() => read(json))).toContain(field);
    },
  );
});
