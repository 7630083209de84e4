import { describe, expect, it } from 'vitest';
import { askMavePerformer } from '../../../../functions/mavera/actions/askMavePerformer.ts';
import { describeSchemaError, isSchemaError } from '../../../../functions/schema/schemaError.ts';

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

const runId = '0123456789'.repeat(4);

function problemOf(act: () => unknown): string {
  try {
    act();
  } catch (error) {
    return isSchemaError(error) ? describeSchemaError(error) : `no schema error: ${String(error)}`;
  }
  throw new Error('it was accepted');
}

describe('asking Mave', () => {
  it('is a POST to /mave/chat that does not stream', () => {
    expect(askMavePerformer.request({ message: 'Why?' }, runId)).toEqual({
      method: 'POST',
      path: '/mave/chat',
      body: { message: 'Why?', stream: false },
    });
  });

  it('passes on a thread, a workspace, and what is not documented', () => {
    const built = { message: 'Why?', thread_id: 'thread_1', workspace_id: 'ws_1', tone: 'dry' };
    expect(askMavePerformer.request(built, runId).body).toEqual({ ...built, stream: false });
  });

  it('takes a message of a single character', () => {
    expect(askMavePerformer.request({ message: '?' }, runId).body).toMatchObject({ message: '?' });
  });

  it('does not stream, even when asked to: nobody would read the stream', () => {
    expect(askMavePerformer.request({ message: 'Why?', stream: true }, runId).body).toMatchObject({
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
    expect(problemOf(() => askMavePerformer.request(built, runId))).toContain(field);
  });

  it('is expected to cost 50 credits', () => {
    expect(askMavePerformer.estimatedCredits).toBe(50);
  });
});

describe("Mave's answer", () => {
  it('is read as documented', () => {
    expect(askMavePerformer.readAnswer(documented)).toEqual({
      creditsUsed: 23,
      result: {
        messageId: 'msg_1',
        threadId: 'thread_1',
        content: 'They left because …',
        sources: documented.sources,
        personasUsed: documented.personas_used,
      },
    });
  });

  it("has the validation that Mavera's guides speak of, when there is one", () => {
    const validation = { confidence_score: 0.87, hallucination_risk: 'low', unsupported_claims: [] };
    expect(askMavePerformer.readAnswer({ ...documented, validation }).result).toMatchObject({ validation });
  });

  it.each([undefined, null])('may have no sources, personas and usage (%j)', (missing) => {
    const bare = { ...documented, sources: missing, personas_used: missing, usage: missing };
    const { creditsUsed, result } = askMavePerformer.readAnswer(bare);
    expect(creditsUsed).toBeUndefined();
    expect(result).toMatchObject({ sources: [], personasUsed: [] });
  });

  it.each([{}, { credits_used: null }])('may not say what it cost: usage %j', (usage) => {
    expect(askMavePerformer.readAnswer({ ...documented, usage }).creditsUsed).toBeUndefined();
  });

  it.each([
    [{ ...documented, content: undefined }, 'content'],
    [{ ...documented, thread_id: 5 }, 'thread_id'],
    [{}, 'id'],
    [null, 'expected object'],
    [[], 'expected object'],
  ])('is refused when it is not as documented, naming the field (%#)', (json, field) => {
    expect(problemOf(() => askMavePerformer.readAnswer(json))).toContain(field);
  });
});
