import * as z from 'zod/mini';
import type { ActionResult, LostCall, ReadMavera } from './actionPerformer.ts';
import { creditsField } from './creditsField.ts';
import { idField } from './idField.ts';

/** Threads that are looked into: Mave takes 10 calls at once, so that few can have begun since. */
export const maxThreads = 20;
/** Between Mavera's clock and ours. */
const clockSkewMs = 60_000;

const threadList = z.object({
  data: z.array(z.object({ id: idField, updated_at: z.optional(z.nullable(z.string())) })),
});

const thread = z.object({
  id: idField,
  credits_used: z.optional(creditsField),
  messages: z.array(
    z.object({
      id: z.string(),
      role: z.string(),
      content: z.string(),
      created_at: z.optional(z.nullable(z.union([z.string(), z.number()]))),
    }),
  ),
  sources: z.optional(z.nullable(z.array(z.unknown()))),
  personas_used: z.optional(z.nullable(z.array(z.unknown()))),
});

/**
 * Looks for the answer to a question in the newest threads, or in the thread that the question continued.
 * Source: Mavera API reference, "List Mave threads", "Get Mave thread".
 */
export async function recoverMaveAnswer(
  { request, startedAtMs }: LostCall,
  read: ReadMavera,
): Promise<ActionResult | undefined> {
  const { message, thread_id } = request.body ?? {};
  const ids = typeof thread_id === 'string' ? [thread_id] : await newestThreads(startedAtMs, read);
  for (const id of ids) {
    const found = thread.parse(await read(`/mave/threads/${encodeURIComponent(id.toWellFormed())}`));
    const asked = found.messages.findLastIndex(
      ({ role, content, created_at }) =>
        role === 'user' && content === message && !isBefore(created_at, startedAtMs - clockSkewMs),
    );
    const answer = asked === -1 ? undefined : found.messages[asked + 1];
    if (answer?.role === 'assistant') {
      return {
        // What a thread has used in all is what its only question has used.
        creditsUsed: typeof thread_id === 'string' ? undefined : found.credits_used,
        result: {
          messageId: answer.id,
          threadId: found.id,
          content: answer.content,
          sources: found.sources ?? [],
          personasUsed: found.personas_used ?? [],
        },
        keptId: found.id,
      };
    }
  }
  return undefined;
}

/** Whether a moment is known to be before another one: a thread may hold the same question from long ago. */
function isBefore(createdAt: string | number | null | undefined, ms: number): boolean {
  return (typeof createdAt === 'number' ? createdAt * 1000 : Date.parse(createdAt ?? '')) < ms;
}

async function newestThreads(sinceMs: number, read: ReadMavera): Promise<readonly string[]> {
  const { data } = threadList.parse(await read('/mave/threads?limit=100'));
  return data
    .filter(({ updated_at }) => !(Date.parse(updated_at ?? '') < sinceMs - clockSkewMs))
    .slice(0, maxThreads)
    .map(({ id }) => id);
}
