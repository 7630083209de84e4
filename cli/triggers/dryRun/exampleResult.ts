import { type $ZodType, toJSONSchema } from 'zod/v4/core';
import type {
  AskMaveResult,
  FocusGroupResult,
  PersonaResult,
  RespondAsResult,
} from '../../../functions/triggers/actionResults.ts';
import type { Action } from '../../../functions/triggers/actions.ts';
import { schemaSample } from '../../../simulators/mavera/schemaSample/schemaSample.ts';

/** An example of what an action gives; `undefined` for an `output` of `respondAs` that no example can be made of. */
export function exampleResult(action: Action): Readonly<Record<string, unknown>> | undefined {
  switch (action.kind) {
    case 'askMave':
      return {
        messageId: 'example-message',
        threadId: 'example-thread',
        content: 'An example of an answer.',
        sources: [],
        personasUsed: [],
      } satisfies AskMaveResult;
    case 'createPersona':
    case 'updatePersona':
      return { personaId: 'example-persona', name: 'An example persona' } satisfies PersonaResult;
    case 'respondAs':
      return action.output === undefined
        ? ({ responseId: 'example-response', text: 'An example of an answer.' } satisfies RespondAsResult)
        : exampleOutput(action.output);
    case 'runFocusGroup':
      return {
        focusGroupId: 'example-focus-group',
        focusGroup: { id: 'example-focus-group', status: 'completed' },
      } satisfies FocusGroupResult;
  }
}

function exampleOutput(schema: $ZodType): Readonly<Record<string, unknown>> | undefined {
  try {
    const output = schemaSample({ ...toJSONSchema(schema, { io: 'output' }) });
    return { responseId: 'example-response', output };
  } catch {
    return undefined;
  }
}
