import * as z from 'zod/mini';
import type { SystemRequest } from '../../systems/systemClient.ts';
import type { CreatePersonaAction } from '../../triggers/actions.ts';
import { recoverPersona, runMarker } from '../recovery/recoverPersona.ts';
import type { ActionPerformer } from './actionPerformer.ts';
import type { ActionResult } from './actionResult.ts';
import { creditsField, idField, personaCredits } from './maveraFields.ts';

const request = z.looseObject({
  name: z.string().check(z.minLength(2), z.maxLength(100)),
  description: z.optional(z.string()),
});

const answer = z.object({
  id: idField,
  name: z.optional(z.nullable(z.string())),
  credits_charged: z.optional(creditsField),
});

/**
 * `POST /personas`: 300 credits flat.
 * Source: Mavera API reference, "Create a custom persona". It does not say which other members each pipeline requires,
 * so Mavera judges them.
 */
export const createPersonaPerformer: ActionPerformer<CreatePersonaAction> = {
  kind: 'createPersona',
  estimatedCredits: personaCredits,

  request(built, { runId }) {
    return { request: createPersonaRequest(built, runId) };
  },

  readAnswer: readPersona,

  recovery: recoverPersona,
};

/**
 * Makes the request that creates a persona. Its description ends with the mark of its run.
 *
 * @throws ZodError when Mavera would not accept it
 */
export function createPersonaRequest(built: unknown, runId: string): SystemRequest {
  const body = request.parse(built);
  // Only an existing description: it is not documented that every pipeline takes one.
  const marked =
    body.description === undefined ? {} : { description: `${body.description} ${runMarker(runId)}` };
  return { method: 'POST', path: '/personas', body: { ...body, ...marked } };
}

/** @throws ZodError when the answer is not a persona */
export function readPersona(json: unknown): ActionResult {
  const { id, name, credits_charged } = answer.parse(json);
  return { creditsUsed: credits_charged, result: { personaId: id, name: name ?? undefined }, keptId: id };
}
