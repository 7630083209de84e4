import * as z from 'zod/mini';
import type { ActionPerformer } from './actionPerformer.ts';

const request = z.looseObject({
  name: z.string().check(z.minLength(2), z.maxLength(100)),
});

const answer = z.object({
  id: z.string(),
  name: z.optional(z.string()),
  credits_charged: z.optional(z.nullable(z.number())),
});

/**
 * `POST /personas`: 300 credits flat.
 * Source: Mavera API reference, "Create a custom persona"; which other members each pipeline requires is not
 * documented, so Mavera is left to judge them.
 */
export const createPersonaPerformer: ActionPerformer = {
  kind: 'createPersona',
  estimatedCredits: 300,

  request(built) {
    return { method: 'POST', path: '/personas', body: request.parse(built) };
  },

  readAnswer(json) {
    const { id, name, credits_charged } = answer.parse(json);
    return { creditsUsed: credits_charged ?? undefined, result: { personaId: id, name } };
  },
};
