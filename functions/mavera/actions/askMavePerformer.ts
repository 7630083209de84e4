import * as z from 'zod/mini';
import type { ActionPerformer } from './actionPerformer.ts';
import { creditsField } from './creditsField.ts';
import { recoverMaveAnswer } from './recoverMaveAnswer.ts';

const request = z.looseObject({
  message: z.string().check(z.minLength(1)),
  thread_id: z.optional(z.string()),
  workspace_id: z.optional(z.string()),
});

const answer = z.object({
  id: z.string(),
  thread_id: z.string(),
  content: z.string(),
  sources: z.optional(z.nullable(z.array(z.unknown()))),
  personas_used: z.optional(z.nullable(z.array(z.unknown()))),
  // Spoken of in Mavera's guides, absent from its reference.
  validation: z.optional(z.unknown()),
  usage: z.optional(z.nullable(z.object({ credits_used: z.optional(creditsField) }))),
});

/**
 * `POST /mave/chat`: 10 to 75 credits, 5 to 90 seconds.
 * Source: Mavera API reference, "Send message to Mave"; "Credits".
 */
export const askMavePerformer: ActionPerformer = {
  kind: 'askMave',
  estimatedCredits: 50,

  request(built) {
    return { method: 'POST', path: '/mave/chat', body: { ...request.parse(built), stream: false } };
  },

  readAnswer(json) {
    const { id, thread_id, content, sources, personas_used, validation, usage } = answer.parse(json);
    return {
      creditsUsed: usage?.credits_used,
      result: {
        messageId: id,
        threadId: thread_id,
        content,
        sources: sources ?? [],
        personasUsed: personas_used ?? [],
        ...(validation === undefined ? {} : { validation }),
      },
    };
  },

  recover: recoverMaveAnswer,
};
