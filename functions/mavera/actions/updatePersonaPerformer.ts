import * as z from 'zod/mini';
import type { UpdatePersonaAction } from '../../triggers/actions.ts';
import { recoverPersona } from '../recovery/recoverPersona.ts';
import type { ActionPerformer } from './actionPerformer.ts';
import { createPersonaRequest, readPersona } from './createPersonaPerformer.ts';
import { personaCredits, personaIdOf } from './maveraFields.ts';

const changes = z.looseObject({
  name: z.optional(z.string().check(z.minLength(2), z.maxLength(100))),
  description: z.optional(z.string()),
});

/**
 * `PATCH /personas/{id}`, after a `POST /personas` for the first event of a key.
 * Source: Mavera API reference, "Update a custom persona". It does not say what an update costs.
 */
export const updatePersonaPerformer: ActionPerformer<UpdatePersonaAction> = {
  kind: 'updatePersona',
  estimatedCredits: personaCredits,

  keeps({ per }) {
    return per === undefined ? undefined : { per, gone: 'persona_gone', byEventTime: true };
  },

  request(built, { action, runId, context, keptId }) {
    const { personaId } = action;
    const id = personaId === undefined ? keptId : personaIdOf(personaId, context);
    if (id === undefined) {
      return { request: createPersonaRequest(built, runId) };
    }
    const path = `/personas/${encodeURIComponent(id.toWellFormed())}`;
    return { request: { method: 'PATCH', path, body: changes.parse(built) }, estimatedCredits: 0 };
  },

  readAnswer: readPersona,

  recovery: recoverPersona,
};
