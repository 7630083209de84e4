import { describe, expect, it } from 'vitest';
import type { ActionResult } from '../../../../functions/mavera/actions/actionPerformer.ts';
import { askMavePerformer } from '../../../../functions/mavera/actions/askMavePerformer.ts';
import type { MaveraRequest } from '../../../../functions/mavera/maveraClient.ts';
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
function requestOf(built: unknown, keptId?: string): MaveraRequest {
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
  it('is a POST to /mave/chat that does not stream', () => {
    expect(requestOf({ message: 'Why?' })).toEqual({
      method: 'POST',
      path: '/mave/chat',
      body: { message: 'Why?', stream: false },
    });
  });

  it('passes on a thread, a workspace, and what is not documented', () => {
    const built = { message: 'Why?', thread_id: 'thread_1', workspace_id: 'ws_1', tone: 'dry' };
    expect(requestOf(built).body).toEqual({ ...built, stream: false });
  });

  it('takes a message of a single character', () => {
    expect(requestOf({ message: '?' }).body).toMatchObject({ message: '?' });
  });

  it('does not stream, even when asked to: nobody would read the stream', () => {
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
  ])('is refused for the request %j, naming the field', (built, field) => {
    expect(problemOf(() => requestOf(built))).toContain(field);
  });

  it('is expected to cost 50 credits, and done 10 times at once', () => {
    expect(askMavePerformer).toMatchObject({ estimatedCredits: 50, cap: 10 });
  });
});

describe('one thread for each user or group', () => {
  it('is kept where the trigger asks for it', () => {
    const keeps = (thread: 'per-user' | 'per-group'): unknown =>
      askMavePerformer.keeps?.(askMave(() => ({ message: 'Why?' }), { thread }));
    expect(keeps('per-user')).toEqual({ per: 'user', gone: 'thread_gone' });
    expect(keeps('per-group')).toEqual({ per: 'group', gone: 'thread_gone' });
    expect(askMavePerformer.keeps?.(ask)).toBeUndefined();
  });

  it('is continued once there is one', () => {
    expect(requestOf({ message: 'Why?' }, 'thread_1').body).toEqual({
      message: 'Why?',
      thread_id: 'thread_1',
      stream: false,
    });
  });

  it('gives way to the thread that the builder chooses', () => {
    const built = { message: 'Why?', thread_id: 'thread_2' };
    expect(requestOf(built, 'thread_1').body).toMatchObject({ thread_id: 'thread_2' });
  });

  it('is continued when the builder leaves the choice open', () => {
    const built = { message: 'Why?', thread_id: undefined };
    expect(requestOf(built, 'thread_1').body).toMatchObject({ thread_id: 'thread_1' });
  });
});

describe("Mave's answer", () => {
  it('is read as documented', () => {
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

  it("has the validation that Mavera's guides speak of, when there is one", () => {
    const validation = { confidence_score: 0.87, hallucination_risk: 'low', unsupported_claims: [] };
    expect(read({ ...documented, validation }).result).toMatchObject({ validation });
  });

  it.each([undefined, null])('may have no sources, personas and usage (%j)', (missing) => {
    const bare = { ...documented, sources: missing, personas_used: missing, usage: missing };
    const { creditsUsed, result } = read(bare);
    expect(creditsUsed).toBeUndefined();
    expect(result).toMatchObject({ sources: [], personasUsed: [] });
  });

  it.each([{}, { credits_used: null }])('may not say what it cost: usage %j', (usage) => {
    expect(read({ ...documented, usage }).creditsUsed).toBeUndefined();
  });

  it.each([
    [{ ...documented, content: undefined }, 'content'],
    [{ ...documented, thread_id: 5 }, 'thread_id'],
    [{}, 'id'],
    [null, 'expected object'],
    [[], 'expected object'],
  ])('is refused when it is not as documented, naming the field (%#)', (json, field) => {
    expect(problemOf(() => read(json))).toContain(field);
  });
});
