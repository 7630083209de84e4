import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import * as mini from 'zod/mini';
import { OutputInvalidError } from '../../../../functions/mavera/actions/actionPerformer.ts';
import type { ActionResult } from '../../../../functions/mavera/actions/actionResult.ts';
import { respondAsPerformer } from '../../../../functions/mavera/actions/respondAsPerformer.ts';
import type { SystemRequest } from '../../../../functions/systems/systemClient.ts';
import { type RespondAsOptions, respondAs } from '../../../../functions/triggers/actions.ts';
import { problemOf, requestOptions } from './requestOptions.ts';

/** The answer of Mavera's API reference, "Create a response", with this text. */
function answer(text: string, changes: object = {}): Record<string, unknown> {
  return {
    id: 'resp_abc',
    object: 'response',
    created_at: 1_706_345_678,
    status: 'completed',
    model: 'mavera-1',
    output: [
      {
        id: 'msg_1',
        type: 'message',
        role: 'assistant',
        status: 'completed',
        content: [{ type: 'output_text', text }],
      },
    ],
    usage: { input_tokens: 42, output_tokens: 68, total_tokens: 110, credits_used: 3 },
    ...changes,
  };
}

function requestOf(built: unknown, options: Partial<RespondAsOptions> = {}): SystemRequest {
  const action = respondAs(() => ({ input: 'Why?' }), { personaId: 'p-1', ...options });
  return respondAsPerformer.request(built, requestOptions(action)).request;
}

function read(json: unknown, output?: RespondAsOptions['output']): ActionResult {
  const options = output === undefined ? {} : { output };
  const action = respondAs(() => ({ input: 'Why?' }), { personaId: 'p-1', ...options });
  const found = respondAsPerformer.readAnswer(json, action);
  if ('pendingId' in found) {
    throw new Error('a persona answers at once');
  }
  return found;
}

const wanted = z.object({ wouldUpgrade: z.boolean(), why: z.string().optional() });
const wantedOfMini = mini.object({ wouldUpgrade: mini.boolean(), why: mini.optional(mini.string()) });

describe('having a persona answer', () => {
  it('asking a persona is a POST to /responses with model and persona that does not stream', () => {
    expect(requestOf({ input: 'Would you upgrade?' })).toEqual({
      method: 'POST',
      path: '/responses',
      body: { model: 'mavera-1', persona_id: 'p-1', input: 'Would you upgrade?', stream: false },
    });
  });

  it('instructions, items and undocumented members are passed on', () => {
    const built = { input: [{ role: 'user', content: 'Why?' }], instructions: 'Be brief.', verbosity: 'low' };
    expect(requestOf(built).body).toEqual({
      ...built,
      model: 'mavera-1',
      persona_id: 'p-1',
      stream: false,
    });
  });

  it('the persona that the trigger names goes before the one that the builder returns', () => {
    const built = { input: 'Why?', persona_id: 'p-2', stream: true };
    expect(requestOf(built).body).toMatchObject({ persona_id: 'p-1', stream: false });
  });

  it('a function of the event may name the persona', () => {
    const personaId: RespondAsOptions['personaId'] = ({ event }) => `p-${event.userId}`;
    expect(requestOf({ input: 'Why?' }, { personaId }).body).toMatchObject({ persona_id: 'p-97980cfea0067' });
  });

  it.each(['', undefined])('a personaId function that returns no id is an error: %j', (id) => {
    expect(() => requestOf({ input: 'Why?' }, { personaId: () => id as string })).toThrow(
      'the function of personaId returned no id',
    );
  });

  it('an input has 1 to 100,000 characters', () => {
    expect(requestOf({ input: 'x'.repeat(100_000) }).body).toMatchObject({ input: 'x'.repeat(100_000) });
    expect(requestOf({ input: '?' }).body).toMatchObject({ input: '?' });
  });

  it.each([
    [{}, 'input'],
    [{ input: '' }, 'input'],
    [{ input: 'x'.repeat(100_001) }, 'input'],
    [{ input: [] }, 'input'],
    [{ input: 5 }, 'input'],
    [{ input: 'Why?', instructions: 5 }, 'instructions'],
    [null, 'expected object'],
  ])(
    'a request that Mavera would refuse is refused, and the message names the field (%#)',
    (built, field) => {
      expect(problemOf(() => requestOf(built))).toContain(field);
    },
  );

  it('a response is estimated at 5 credits, without a cap on concurrent calls', () => {
    expect(respondAsPerformer.estimatedCredits).toBe(5);
    expect(respondAsPerformer.cap).toBeUndefined();
  });
});

describe('an answer that has to fit a schema', () => {
  it.each([
    ['zod', wanted],
    ['zod/mini', wantedOfMini],
  ])('Mavera is asked for JSON of the schema: %s', (_what, output) => {
    expect(requestOf({ input: 'Why?' }, { output }).body).toEqual({
      model: 'mavera-1',
      text: {
        format: {
          type: 'json_schema',
          name: 'plan_upgraded',
          schema: {
            type: 'object',
            properties: { wouldUpgrade: { type: 'boolean' }, why: { type: 'string' } },
            required: ['wouldUpgrade'],
            additionalProperties: false,
          },
        },
      },
      input: 'Why?',
      persona_id: 'p-1',
      stream: false,
    });
  });

  it('descriptions in the schema are sent, because the persona reads them', () => {
    const output = z.object({ score: z.number().describe('From 0, never, to 10, at once') });
    expect(requestOf({ input: 'Why?' }, { output }).body).toMatchObject({
      text: {
        format: {
          schema: { properties: { score: { type: 'number', description: 'From 0, never, to 10, at once' } } },
        },
      },
    });
  });

  it('the input side of a transforming schema is sent', () => {
    const output = z.object({ score: z.string().transform(Number) });
    expect(requestOf({ input: 'Why?' }, { output }).body).toMatchObject({
      text: { format: { schema: { properties: { score: { type: 'string' } } } } },
    });
  });

  it('a schema that no JSON can fit is an error', () => {
    expect(() => requestOf({ input: 'Why?' }, { output: z.object({ at: z.date() }) })).toThrow(/Date/);
  });

  it.each([
    ['zod', wanted],
    ['zod/mini', wantedOfMini],
  ])('an answer that fits the schema is the result: %s', (_what, output) => {
    expect(read(answer('{"wouldUpgrade":true,"why":"It is fast"}'), output)).toEqual({
      creditsUsed: 3,
      result: { responseId: 'resp_abc', output: { wouldUpgrade: true, why: 'It is fast' } },
    });
  });

  it('transformations and defaults of the schema apply to the result', () => {
    const output = z.object({ score: z.string().transform(Number), unit: z.string().default('points') });
    expect(read(answer('{"score":"7","extra":1}'), output).result).toEqual({
      responseId: 'resp_abc',
      output: { score: 7, unit: 'points' },
    });
  });

  it.each([
    ['zod', wanted],
    ['zod/mini', wantedOfMini],
  ])(
    'an answer that does not fit is invalid; the message names the field and never its value: %s',
    (_what, output) => {
      const reading = (): unknown => read(answer('{"wouldUpgrade":"hunter2"}'), output);
      expect(reading).toThrow(OutputInvalidError);
      expect(reading).toThrow(/^The persona's answer does not fit the schema: wouldUpgrade: .*boolean/);
      expect(reading).not.toThrow(/hunter2/);
    },
  );

  it.each(['', 'Yes, I would.', '```json\n{"wouldUpgrade":true}\n```', '{"wouldUpgrade":'])(
    'an answer that is not JSON is invalid: %j',
    (text) => {
      expect(() => read(answer(text), wanted)).toThrow(OutputInvalidError);
      expect(() => read(answer(text), wanted)).toThrow("The persona's answer is not JSON");
    },
  );

  it('an answer is invalid when a function of the schema throws: the credits are spent', () => {
    const output = z.object({
      plan: z.string().transform((plan) => ({ pro: 1 })[plan as 'pro'].toFixed()),
    });
    expect(() => read(answer('{"plan":"team"}'), output)).toThrow(OutputInvalidError);
  });

  it('an answer is invalid when the schema is asynchronous: the credits are spent', () => {
    const output = z.object({ plan: z.string().refine(async () => true) });
    expect(() => read(answer('{"plan":"team"}'), output)).toThrow(OutputInvalidError);
  });
});

describe('an answer as text', () => {
  it('the documented response is read', () => {
    expect(read(answer('I would.'))).toEqual({
      creditsUsed: 3,
      result: { responseId: 'resp_abc', text: 'I would.' },
    });
  });

  it('the text of a response is all of its output_text parts in order', () => {
    const output = [
      { type: 'reasoning' },
      {
        type: 'message',
        content: [
          { type: 'output_text', text: 'I ' },
          { type: 'refusal', text: 'no' },
        ],
      },
      { type: 'message', content: [{ type: 'output_text', text: 'would.' }, { type: 'output_text' }] },
    ];
    expect(read(answer('', { output })).result).toEqual({ responseId: 'resp_abc', text: 'I would.' });
  });

  it.each([undefined, null, {}, { credits_used: null }, { credits_used: -1 }])(
    'a response without its cost is read: usage %j',
    (usage) => {
      expect(read(answer('I would.', { usage })).creditsUsed).toBeUndefined();
    },
  );

  it.each(['completed', 'COMPLETED', undefined])('a response with the status %j is complete', (status) => {
    expect(read(answer('I would.', { status })).result).toMatchObject({ text: 'I would.' });
  });

  it.each(['in_progress', 'failed', 'incomplete', ''])(
    'a response with the status %j is invalid, and the message names the status',
    (status) => {
      expect(() => read(answer('I wou', { status }))).toThrow(OutputInvalidError);
      expect(() => read(answer('I wou', { status }))).toThrow(
        `The response is not completed: its status is ${status}`,
      );
    },
  );

  it('what Mavera says about a response that is not completed is quoted', () => {
    const changes = { status: 'incomplete', error: { code: 'max_tokens', message: 'It is too long.' } };
    expect(() => read(answer('I wou', changes))).toThrow(
      'The response is not completed: its status is incomplete. Mavera says: max_tokens: It is too long.',
    );
  });

  it.each([
    [{ id: 5 }, 'id'],
    [{ output: undefined }, 'output'],
    [{ output: 'I would.' }, 'output'],
    [{ output: [{ content: 'I would.' }] }, 'output[0].content'],
  ])(
    'a response that is not as documented is refused, and the message names the field (%#)',
    (changes, field) => {
      expect(problemOf(() => read(answer('I would.', changes)))).toContain(field);
    },
  );
});
