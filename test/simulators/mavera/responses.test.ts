import { describe, expect, it } from 'vitest';
import { globalPersonas } from '../../../simulators/mavera/resources/globalPersonas.ts';
import { persona, useMavera } from './mavera.ts';

const genZ = globalPersonas[0]?.id;
const asked = { model: 'mavera-1', input: 'Would you switch plans after a free month?', persona_id: genZ };

function withFormat(format: unknown): object {
  return { ...asked, text: { format } };
}

describe('POST /responses', () => {
  it('answers 200 with the response object of the API reference', async () => {
    const { call } = await useMavera({ now: () => 1_795_000_000_500 });
    const { status, body } = await call('POST', '/responses', { body: asked });
    expect(status).toBe(200);
    expect(body).toEqual({
      id: expect.stringMatching(/^resp_c[a-z0-9]{24}$/),
      object: 'response',
      created_at: 1_795_000_000,
      status: 'completed',
      model: 'mavera-1',
      output: [
        {
          id: expect.stringMatching(/^msg_c[a-z0-9]{24}$/),
          type: 'message',
          role: 'assistant',
          status: 'completed',
          content: [{ type: 'output_text', text: expect.stringContaining('Speaking as Gen Z Consumer') }],
        },
      ],
      usage: {
        input_tokens: 11,
        output_tokens: expect.any(Number),
        total_tokens: expect.any(Number),
        credits_used: 1,
      },
    });
  });

  it('speaks as a custom persona', async () => {
    const { mavera, call } = await useMavera();
    await call('POST', '/personas', { body: persona });
    const { body } = await call('POST', '/responses', {
      body: { ...asked, persona_id: mavera.personas()[0]?.id, instructions: 'Be brief.', stream: false },
    });
    expect(body).toHaveProperty('output.0.content.0.text', expect.stringContaining('Enterprise CMO'));
  });

  it('accepts items as the input', async () => {
    const { call } = await useMavera();
    const input = [{ role: 'user', content: 'Would you switch?' }];
    const { status, body } = await call('POST', '/responses', { body: { ...asked, input } });
    expect(status).toBe(200);
    expect(body).toHaveProperty('output.0.content.0.text', expect.stringContaining('Would you switch?'));
  });

  it.each([
    [1, 1],
    [4_000, 3],
    [100_000, 5],
  ])('an input of %i characters costs %i credits', async (length, credits) => {
    const { mavera, call } = await useMavera();
    const { body } = await call('POST', '/responses', { body: { ...asked, input: 'x'.repeat(length) } });
    expect(body).toMatchObject({ usage: { credits_used: credits } });
    expect(mavera.credits().used).toBe(credits);
  });

  it('answers 402 when the credits do not suffice', async () => {
    const { mavera, call } = await useMavera({ monthlyCredits: 2 });
    const answer = await call('POST', '/responses', { body: { ...asked, input: 'x'.repeat(4_000) } });
    expect(answer.status).toBe(402);
    expect(answer.body).toMatchObject({ error: { code: 'credits_exhausted' } });
    expect(mavera.credits().used).toBe(0);
  });

  it('takes its own time', async () => {
    const waited: number[] = [];
    const sleep = async (ms: number): Promise<void> => void waited.push(ms);
    const { call } = await useMavera({ latency: { responses: 75 }, sleep });
    await call('POST', '/responses', { body: asked });
    expect(waited).toEqual([75]);
  });

  it.each([
    ['no model', { model: undefined }, 'missing_field', 'model'],
    ['another model', { model: 'gpt-5' }, 'invalid_model', 'model'],
    ['no input', { input: undefined }, 'missing_field', 'input'],
    ['an empty input', { input: '' }, 'invalid_field', 'input'],
    ['no items', { input: [] }, 'invalid_field', 'input'],
    ['an input that is neither text nor items', { input: { text: 'hi' } }, 'invalid_field', 'input'],
    ['an input above 100,000 characters', { input: 'x'.repeat(100_001) }, 'invalid_field', 'input'],
    ['no persona', { persona_id: undefined }, 'missing_field', 'persona_id'],
    ['a persona id that is not a string', { persona_id: 7 }, 'invalid_field', 'persona_id'],
    ['an unknown persona', { persona_id: 'clx9unknown' }, 'invalid_persona', 'persona_id'],
    ['instructions that are not a string', { instructions: ['be brief'] }, 'invalid_field', 'instructions'],
    ['streaming', { stream: true }, 'invalid_field', 'stream'],
    ['a text that is not an object', { text: 'json' }, 'invalid_field', 'text'],
  ])('refuses %s with 400', async (_what, change, code, param) => {
    const { mavera, call } = await useMavera();
    const { status, body } = await call('POST', '/responses', { body: { ...asked, ...change } });
    expect(status).toBe(400);
    expect(body).toMatchObject({ error: { type: 'invalid_request_error', code, param } });
    expect(mavera.credits().used).toBe(0);
  });
});

describe('structured output', () => {
  const schema = {
    type: 'object',
    properties: {
      sentiment: { type: 'string', enum: ['positive', 'negative'] },
      score: { type: 'integer', minimum: 0, maximum: 10 },
      reasons: { type: 'array', items: { type: 'string' } },
    },
    required: ['sentiment', 'score', 'reasons'],
    additionalProperties: false,
  };

  it('json_schema: the text is JSON that conforms to the schema, and is also sent parsed', async () => {
    const { call } = await useMavera();
    const format = { type: 'json_schema', name: 'verdict', schema, strict: true };
    const { status, body } = await call('POST', '/responses', { body: withFormat(format) });
    const verdict = {
      sentiment: 'positive',
      score: 1,
      reasons: ['Simulated reasons', 'Simulated reasons 2'],
    };
    expect(status).toBe(200);
    expect(body).toMatchObject({
      output: [{ content: [{ type: 'output_text', text: JSON.stringify(verdict) }] }],
      output_parsed: verdict,
      usage: { credits_used: 1 },
    });
  });

  it('json_object: the text is a JSON object', async () => {
    const { call } = await useMavera();
    const { body } = await call('POST', '/responses', { body: withFormat({ type: 'json_object' }) });
    const { output } = body as { output: readonly [{ content: readonly [{ text: string }] }] };
    expect(JSON.parse(output[0].content[0].text)).toMatchObject({ persona: 'Gen Z Consumer' });
    expect(body).not.toHaveProperty('output_parsed');
  });

  it.each([
    ['text', { type: 'text' }],
    ['nothing', undefined],
  ])('%s: the text is prose', async (_what, format) => {
    const { call } = await useMavera();
    const { body } = await call('POST', '/responses', { body: withFormat(format) });
    expect(body).toHaveProperty('output.0.content.0.text', expect.stringMatching(/^Speaking as/));
  });

  it.each([
    ['a format that is not an object', 'json', 'invalid_field', 'text.format'],
    ['an unknown type', { type: 'xml' }, 'invalid_field', 'text.format.type'],
    ['a schema without a name', { type: 'json_schema', schema }, 'missing_field', 'text.format.name'],
    ['an empty name', { type: 'json_schema', name: '', schema }, 'invalid_field', 'text.format.name'],
    ['a name without a schema', { type: 'json_schema', name: 'a' }, 'missing_field', 'text.format.schema'],
    [
      'a schema that is not an object',
      { type: 'json_schema', name: 'a', schema: [] },
      'invalid_field',
      'text.format.schema',
    ],
    [
      'a schema that it does not support',
      { type: 'json_schema', name: 'a', schema: { not: {} } },
      'invalid_field',
      'text.format.schema',
    ],
    [
      'a strict flag that is text',
      { type: 'json_schema', name: 'a', schema, strict: 'yes' },
      'invalid_field',
      'text.format.strict',
    ],
  ])('refuses %s with 400', async (_what, format, code, param) => {
    const { mavera, call } = await useMavera();
    const { status, body } = await call('POST', '/responses', { body: withFormat(format) });
    expect(status).toBe(400);
    expect(body).toMatchObject({ error: { code, param } });
    expect(mavera.credits().used).toBe(0);
  });
});
