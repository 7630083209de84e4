import type { ActionKind } from '../../functions/triggers/actions.ts';
import { type GivenAnswer, InvalidAnswerError } from './answer.ts';
import type { SystemAnswer } from './wireCall.ts';

type Members = Readonly<Record<string, unknown>>;

/** What each action's answer can be given. */
const fieldsOf: Readonly<Record<ActionKind, readonly (keyof GivenAnswer)[]>> = {
  askMave: ['content', 'credits', 'body'],
  createPersona: ['credits', 'body'],
  updatePersona: ['credits', 'body'],
  respondAs: ['content', 'output', 'credits', 'body'],
  runFocusGroup: ['results', 'credits', 'body'],
};

/**
 * Puts what a test gives into an answer of the simulator, where Mavera has it.
 *
 * @throws InvalidAnswerError for what the action's answer does not have
 */
export function shapedAnswer(kind: ActionKind, answer: SystemAnswer, given: GivenAnswer): SystemAnswer {
  const wrong = Object.keys(given).find((field) => !fieldsOf[kind].some((known) => known === field));
  if (wrong !== undefined) {
    throw new InvalidAnswerError(
      `An answer to ${kind} has no ${wrong}; it may have ${fieldsOf[kind].join(', ')}, or status or lost`,
    );
  }
  const body = (answer.body ?? {}) as Members;
  const isUnfinished = kind === 'runFocusGroup' && body.results === undefined;
  return answer.status >= 400 || isUnfinished
    ? answer
    : { ...answer, body: { ...body, ...membersOf(kind, body, given), ...given.body } };
}

function membersOf(kind: ActionKind, body: Members, given: GivenAnswer): Members {
  const { content, output, results, credits } = given;
  const usage = credits === undefined ? {} : { usage: { ...(body.usage as Members), credits_used: credits } };
  switch (kind) {
    case 'askMave':
      return { ...usage, ...(content === undefined ? {} : { content }) };
    case 'createPersona':
    case 'updatePersona':
      return credits === undefined ? {} : { credits_charged: credits };
    case 'runFocusGroup':
      return { ...usage, ...(results === undefined ? {} : { results }) };
    case 'respondAs': {
      const text = 'output' in given ? JSON.stringify(output) : content;
      return { ...usage, ...(text === undefined ? {} : { output: outputOf(text), output_parsed: output }) };
    }
  }
}

function outputOf(text: string): readonly object[] {
  const content = [{ type: 'output_text', text }];
  return [{ id: 'msg_trial', type: 'message', role: 'assistant', status: 'completed', content }];
}
