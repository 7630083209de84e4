import * as z from 'zod/mini';
import type { AskMaveAction } from '../../triggers/actions.ts';
import { recoverMaveAnswer } from '../recovery/recoverMaveAnswer.ts';
import type { ActionPerformer } from './actionPerformer.ts';
import { creditsField, idField } from './maveraFields.ts';

const request = z.looseObject({
  message: z.string().check(z.minLength(1)),
  thread_id: z.optional(z.string()),
  workspace_id: z.optional(z.string()),
});

const answer = z.object({
  id: z.string(),
  thread_id: idField,
  content: z.string(),
  sources: z.optional(z.nullable(z.array(z.unknown()))),
  personas_used: z.optional(z.nullable(z.array(z.unknown()))),
  // In Mavera's guides, not in its reference.
  validation: z.optional(z.unknown()),
  usage: z.optional(z.nullable(z.object({ credits_used: z.optional(creditsField) }))),
});

/**
 * `POST /mave/chat`: 10 to 75 credits, 5 to 90 seconds, 10 at once.
 * Source: Mavera API reference, "Send message to Mave"; "Credits"; "Rate limits".
 */
export const askMavePerformer: ActionPerformer<AskMaveAction> = {
  kind: 'askMave',
  estimatedCredits: 50,
  cap: 10,
  typicalMs: 20_000,

  keeps({ thread }) {
    return thread === undefined
      ? undefined
      : { per: thread === 'per-user' ? 'user' : 'group', gone: 'thread_gone' };
  },

  request(built, { keptId }) {
    const { thread_id = keptId, ...rest } = request.parse(built);
    const body = { ...(thread_id === undefined ? {} : { thread_id }), ...rest, stream: false };
    return { request: { method: 'POST', path: '/mave/chat', body } };
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
      keptId: thread_id,
    };
  },

  recovery: recoverMaveAnswer,
};
