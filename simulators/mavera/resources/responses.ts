import type { ApiAnswer } from '../../http/reply.ts';
import type { Account } from '../account.ts';
import { ApiError, invalidField, missingField } from '../apiError.ts';
import { optionalFlag, optionalText, requiredText } from '../bodyFields.ts';
import type { ApiRequest, Route } from '../route.ts';
import { findParticipant, type Participant } from './participants.ts';
import { answerAs, type ResponseAnswer } from './responseAnswer.ts';
import { readResponseFormat } from './responseFormat.ts';

/**
 * One answer of a persona, as text or as JSON.
 *
 * Source: API reference, "Create a response"; guide, "Structured outputs". Parameters that the reference does not
 * show are ignored. GUESS: an empty input is refused; the parsed answer is called `output_parsed`.
 */
export const responseRoutes: readonly Route[] = [
  { method: 'POST', path: '/responses', handle: createResponse },
];

const model = 'mavera-1';
const longestInput = 100_000;

type Body = ApiRequest['body'];

async function createResponse({ body, takeTime }: ApiRequest, account: Account): Promise<ApiAnswer> {
  checkModel(body);
  const input = readInput(body);
  const { name: personaName } = readPersona(body, account);
  const instructions = optionalText(body, 'instructions') ?? '';
  if (optionalFlag(body, 'stream') === true) {
    throw invalidField('stream', 'false: the simulator does not stream');
  }
  const format = readResponseFormat(body.text);
  const answer = answerAs({ personaName, input, instructions, format });
  account.credits.charge(answer.credits);
  await takeTime('responses');
  const parsed = format.type === 'json_schema' ? { output_parsed: answer.parsed } : {};
  return { status: 200, body: { ...responseObject(answer, account), ...parsed } };
}

function checkModel(body: Body): void {
  if (body.model === undefined) {
    throw missingField('model');
  }
  if (body.model !== model) {
    throw new ApiError('invalid_model', { param: 'model', message: `Invalid model: must be ${model}.` });
  }
}

function readInput({ input }: Body): string {
  if (input === undefined) {
    throw missingField('input');
  }
  const text = typeof input === 'string' ? input : '';
  if (text !== '' && text.length <= longestInput) {
    return text;
  }
  if (Array.isArray(input) && input.length > 0) {
    return JSON.stringify(input);
  }
  throw invalidField('input', `a string of 1 to ${longestInput} characters, or an array of items`);
}

function readPersona(body: Body, account: Account): Participant {
  const persona = findParticipant(requiredText(body, 'persona_id', 1), account.personas);
  if (persona === undefined) {
    throw new ApiError('invalid_persona', {
      param: 'persona_id',
      message: 'Invalid persona_id: there is no such persona.',
    });
  }
  return persona;
}

function responseObject(answer: ResponseAnswer, account: Account): object {
  return {
    id: `resp_${account.newId()}`,
    object: 'response',
    created_at: Math.floor(account.now() / 1000),
    status: 'completed',
    model,
    output: [
      {
        id: `msg_${account.newId()}`,
        type: 'message',
        role: 'assistant',
        status: 'completed',
        content: [{ type: 'output_text', text: answer.text }],
      },
    ],
    usage: {
      input_tokens: answer.inputTokens,
      output_tokens: answer.outputTokens,
      total_tokens: answer.inputTokens + answer.outputTokens,
      credits_used: answer.credits,
    },
  };
}
