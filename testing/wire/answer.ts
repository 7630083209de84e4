import type { Duration } from '../../functions/triggers/duration.ts';

/** A request to Mavera that does work, as it goes over the wire. */
export interface SentRequest {
  readonly method: string;
  /** Below Mavera's base URL, such as `/mave/chat`. */
  readonly path: string;
  readonly body: Readonly<Record<string, unknown>>;
}

/** What Mavera answers to a request in place of what the simulator would. What is not given is the simulator's. */
export interface GivenAnswer {
  /** The text of Mave or of a persona. */
  readonly content?: string;
  /** What a persona answers where the trigger asks for JSON of a schema. */
  readonly output?: unknown;
  /** The results of a focus group, once it is finished. */
  readonly results?: unknown;
  /** What Mavera says that it cost. */
  readonly credits?: number;
  /** Further members of the answer's JSON, in place of its own. */
  readonly body?: Readonly<Record<string, unknown>>;
}

/** Mavera refuses the request. Nothing is done. */
export interface FailingAnswer {
  /** An HTTP status from 400 to 599. */
  readonly status: number;
  /** @default the code that Mavera documents for the status */
  readonly code?: string;
  readonly message?: string;
  /** The header `Retry-After`. */
  readonly retryAfter?: Duration;
}

/** No answer comes back. */
export interface LostAnswer {
  /** `answer`: Mavera has done the work, and its answer is lost; `request`: it has never got the request. */
  readonly lost: 'answer' | 'request';
}

/** An answer; a string is its content. */
export type AnswerValue = string | GivenAnswer | FailingAnswer | LostAnswer;

/** An answer, or what makes one of the request and of how many there were before it. */
export type Answer = AnswerValue | ((request: SentRequest, index: number) => AnswerValue);

/** For each request, or one for each in their order; after the last one the simulator answers. */
export type Answers = Answer | readonly Answer[];

const fields: ReadonlySet<string> = new Set([
  'content',
  'output',
  'results',
  'credits',
  'body',
  'status',
  'code',
  'message',
  'retryAfter',
  'lost',
]);

/** Thrown for an answer of a test that Mavera cannot give. */
export class InvalidAnswerError extends Error {
  override readonly name = 'InvalidAnswerError';
}

/**
 * The answer to a request; `undefined`: the simulator answers.
 *
 * @param where what the answer was given for, for messages
 * @throws InvalidAnswerError for anything else than an answer
 */
export function answerFor(
  answers: Answers | undefined,
  request: SentRequest,
  index: number,
  where: string,
): Exclude<AnswerValue, string> | undefined {
  const given = isList(answers) ? answers[index] : answers;
  const value: unknown = typeof given === 'function' ? given(request, index) : given;
  if (value === undefined) {
    return undefined;
  }
  if (typeof value === 'string') {
    return { content: value };
  }
  const isObject = typeof value === 'object' && value !== null;
  const unknown = isObject ? Object.keys(value).filter((field) => !fields.has(field)) : [];
  if (!isObject || unknown.length > 0) {
    const what = isObject ? `it has the field ${unknown[0]}` : `it is ${JSON.stringify(value)}`;
    throw new InvalidAnswerError(
      `answers[${JSON.stringify(where)}]: expected a text, or an object with some of ${[...fields].join(', ')}; ${what}`,
    );
  }
  return value;
}

function isList(answers: Answers | undefined): answers is readonly Answer[] {
  return Array.isArray(answers);
}
