import * as z from 'zod/mini';
import {
  type Action,
  askMave,
  createPersona,
  respondAs,
  runFocusGroup,
  updatePersona,
} from '../../../../../functions/triggers/actions.ts';

const question = (): { message: string } => ({ message: 'a question' });
const persona = (): { name: string; description: string } => ({
  name: 'a name',
  description: 'a description',
});
const input = (): { input: string } => ({ input: 'a question' });
const group = (): { workspace_id: string; name: string } => ({ workspace_id: 'ws_1', name: 'a name' });

/** An action of each kind, and of each form that is read or recovered differently. */
export const actionsToTry: Readonly<Record<string, Action>> = {
  askMave: askMave(question),
  'askMave in a thread': askMave(question, { thread: 'per-user' }),
  createPersona: createPersona(persona),
  'createPersona without a description': createPersona(() => ({ name: 'a name' })),
  'updatePersona that is kept': updatePersona(persona, { per: 'user' }),
  'updatePersona that is known': updatePersona(persona, { personaId: 'p-1' }),
  respondAs: respondAs(input, { personaId: 'p-1' }),
  'respondAs with a schema': respondAs(input, { personaId: 'p-1', output: z.object({ a: z.number() }) }),
  'respondAs with a schema that throws': respondAs(input, {
    personaId: 'p-1',
    output: z.pipe(
      z.unknown(),
      z.transform(() => {
        throw Object.create(null);
      }),
    ),
  }),
  runFocusGroup: runFocusGroup(group),
  'runFocusGroup without a name': runFocusGroup(() => ({ workspace_id: 'ws_1' }), { statusField: 'state' }),
};
