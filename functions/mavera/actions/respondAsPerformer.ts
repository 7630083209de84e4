import * as z from 'zod/mini';
import { type $ZodType, safeParse, toJSONSchema } from 'zod/v4/core';
import { boundedList } from '../../schema/boundedList.ts';
import { describeSchemaError } from '../../schema/schemaError.ts';
import type { RespondAsAction } from '../../triggers/actions.ts';
import { thrownMessage } from '../../triggers/shown.ts';
import { errorSaidIn, quoteError } from '../maveraErrorIn.ts';
import { type ActionPerformer, OutputInvalidError } from './actionPerformer.ts';
import { creditsField, personaIdOf } from './maveraFields.ts';

const maxInputCharacters = 100_000;

const request = z.looseObject({
  input: z.union([
    z.string().check(z.minLength(1), z.maxLength(maxInputCharacters)),
    z.array(z.unknown()).check(z.minLength(1)),
  ]),
  instructions: z.optional(z.string()),
});

const answer = z.object({
  id: z.string(),
  status: z.optional(z.string()),
  output: boundedList(
    z.object({
      content: z.optional(boundedList(z.object({ type: z.string(), text: z.optional(z.string()) }))),
    }),
  ),
  usage: z.optional(z.nullable(z.object({ credits_used: z.optional(creditsField) }))),
});

/**
 * `POST /responses`: a persona answers; 1 to 5 credits.
 * Source: Mavera API reference, "Create a response"; guide, "Structured outputs".
 */
export const respondAsPerformer: ActionPerformer<RespondAsAction> = {
  kind: 'respondAs',
  estimatedCredits: 5,

  request(built, { action, context }) {
    const { output } = action;
    const format = output === undefined ? {} : { text: { format: formatOf(output, context.trigger) } };
    const body = {
      model: 'mavera-1',
      ...format,
      ...request.parse(built),
      persona_id: personaIdOf(action.personaId, context),
      stream: false,
    };
    return { request: { method: 'POST', path: '/responses', body } };
  },

  readAnswer(json, { output }) {
    const { id, status = 'completed', output: items, usage } = answer.parse(json);
    if (status.toLowerCase() !== 'completed') {
      const said = errorSaidIn(json);
      const why = said === undefined ? '' : `. Mavera says: ${quoteError(said)}`;
      throw new OutputInvalidError(
        `The response is not completed: its status is ${status.slice(0, 50)}${why}`,
      );
    }
    const text = items
      .flatMap(({ content = [] }) => content)
      .filter(({ type }) => type === 'output_text')
      .map((part) => part.text ?? '')
      .join('');
    const result =
      output === undefined ? { responseId: id, text } : { responseId: id, output: readOutput(text, output) };
    return { creditsUsed: usage?.credits_used, result };
  },

  // No recovery: Mavera has no list of responses, and asking again costs only 1 to 5 credits.
};

function formatOf(output: $ZodType, trigger: string): Readonly<Record<string, unknown>> {
  const { $schema, ...schema } = toJSONSchema(output, {
    io: 'input',
    override: ({ jsonSchema }) => {
      // Other APIs with structured outputs require it, and nobody reads further members.
      if (jsonSchema.type === 'object' && jsonSchema.additionalProperties === undefined) {
        jsonSchema.additionalProperties = false;
      }
    },
  });
  return { type: 'json_schema', name: trigger.replaceAll('-', '_'), schema };
}

function readOutput(text: string, output: $ZodType): unknown {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    throw new OutputInvalidError("The persona's answer is not JSON");
  }
  let result: ReturnType<typeof safeParse>;
  try {
    result = safeParse(output, json);
  } catch (error) {
    // The credits are spent, whatever a function of the schema throws.
    throw new OutputInvalidError(
      `The persona's answer could not be checked: the schema threw ${thrownMessage(error)}`,
    );
  }
  if (!result.success) {
    const problem = describeSchemaError(result.error);
    throw new OutputInvalidError(`The persona's answer does not fit the schema: ${problem}`);
  }
  return result.data;
}
