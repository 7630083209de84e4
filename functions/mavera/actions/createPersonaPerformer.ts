import * as z from 'zod/mini';
import type { CreatePersonaAction } from '../../triggers/actions.ts';
import type { MaveraRequest } from '../maveraClient.ts';
import type { ActionPerformer, ActionResult } from './actionPerformer.ts';
import { creditsField } from './creditsField.ts';
import { idField } from './idField.ts';
import { personaCredits } from './personaCredits.ts';
import { recoverPersona } from './recoverPersona.ts';
import { runMarker } from './runMarker.ts';

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
 * Source: Mavera API reference, "Create a custom persona"; which other members each pipeline requires is not
 * documented, so Mavera is left to judge them.
 */
export const createPersonaPerformer: ActionPerformer<CreatePersonaAction> = {
  kind: 'createPersona',
  estimatedCredits: personaCredits,

  request(built, { runId }) {
    return { request: createPersonaRequest(built, runId) };
  },

  readAnswer: readPersona,

  recoveryReads: 1,
  recover: recoverPersona,
};

/**
 * The request that creates a persona, marked with its run.
 *
 * @throws ZodError when a persona cannot be created out of it
 */
export function createPersonaRequest(built: unknown, runId: string): MaveraRequest {
  const body = request.parse(built);
  // Only where there is one: whether every pipeline takes a description is not documented.
  const marked =
    body.description === undefined ? {} : { description: `${body.description} ${runMarker(runId)}` };
  return { method: 'POST', path: '/personas', body: { ...body, ...marked } };
}

/** @throws ZodError when the answer is no persona */
export function readPersona(json: unknown): ActionResult {
  const { id, name, credits_charged } = answer.parse(json);
  return { creditsUsed: credits_charged, result: { personaId: id, name: name ?? undefined }, keptId: id };
}
