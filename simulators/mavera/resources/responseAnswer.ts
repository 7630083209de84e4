import { invalidField } from '../apiError.ts';
import { UnsupportedSchemaError } from '../schemaSample/jsonSchema.ts';
import { schemaSample } from '../schemaSample/schemaSample.ts';
import type { ResponseFormat } from './responseFormat.ts';

/** The question to a persona. */
export interface ResponseQuestion {
  readonly personaName: string;
  /** The input as text; items as their JSON. */
  readonly input: string;
  readonly instructions: string;
  readonly format: ResponseFormat;
}

/** A persona's answer. */
export interface ResponseAnswer {
  readonly text: string;
  /** The parsed text, if the request has a schema. */
  readonly parsed: unknown;
  readonly inputTokens: number;
  readonly outputTokens: number;
  readonly credits: number;
}

const charactersPerToken = 4;
const tokensPerCredit = 500;
const mostCredits = 5;

/**
 * Answers as a persona; the same question always gives the same answer and cost: one credit, and one more for
 * every 500 tokens of input and output, up to 5. A token counts as 4 characters.
 *
 * Source of the range: Mavera guide, "Credits". GUESS: what a response of a given size costs.
 *
 * @throws ApiError 400 for a schema that the simulator does not support
 */
export function answerAs(question: ResponseQuestion): ResponseAnswer {
  const parsed = structured(question);
  const text = parsed === undefined ? plainText(question) : JSON.stringify(parsed);
  const inputTokens = tokensOf(question.instructions) + tokensOf(question.input);
  const outputTokens = tokensOf(text);
  const credits = Math.min(mostCredits, 1 + Math.floor((inputTokens + outputTokens) / tokensPerCredit));
  return { text, parsed, inputTokens, outputTokens, credits };
}

function structured(question: ResponseQuestion): unknown {
  const { personaName, format } = question;
  switch (format.type) {
    case 'text':
      return undefined;
    case 'json_object':
      return { persona: personaName, answer: plainText(question), confidence: 0.7 };
    case 'json_schema':
      return sampleOf(format.schema);
  }
}

function sampleOf(schema: Readonly<Record<string, unknown>>): unknown {
  try {
    return schemaSample(schema);
  } catch (error) {
    if (error instanceof UnsupportedSchemaError) {
      throw invalidField(
        'text.format.schema',
        `a schema that the simulator supports, without ${error.message}`,
      );
    }
    throw error;
  }
}

function plainText({ personaName, input }: ResponseQuestion): string {
  return (
    `Speaking as ${personaName}: you asked "${input.trim().slice(0, 120)}". I would want to see a result within a ` +
    'day, with little effort for my team, and hear from somebody I trust who has done it before.'
  );
}

function tokensOf(text: string): number {
  return Math.ceil(text.length / charactersPerToken);
}
