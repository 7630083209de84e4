import * as z from 'zod/mini';
import type { ActionResult, LostCall, ReadMavera } from './actionPerformer.ts';
import { creditsField, epochMsOf, idField, isBefore, momentField } from './maveraFields.ts';
import { readPages } from './readPages.ts';

/** At most this many threads are read whole. */
export const maxThreads = 20;

const listedThread = z.object({
  id: idField,
  title: z.optional(z.nullable(z.string())),
  created_at: momentField,
  updated_at: momentField,
});

type ListedThread = z.infer<typeof listedThread>;

const thread = z.object({
  id: idField,
  credits_used: z.optional(creditsField),
  messages: z.array(
    z.object({
      id: z.string(),
      role: z.string(),
      content: z.string(),
      created_at: momentField,
    }),
  ),
  sources: z.optional(z.nullable(z.array(z.unknown()))),
  personas_used: z.optional(z.nullable(z.array(z.unknown()))),
});

/**
 * Searches for the answer to a question: in the thread that it continued, or in the threads that began when it was asked.
 * Source: Mavera API reference, "List Mave threads", "Get Mave thread".
 */
export async function recoverMaveAnswer(
  { request, startedAtMs }: LostCall,
  read: ReadMavera,
): Promise<ActionResult | undefined> {
  const { message, thread_id } = request.body ?? {};
  const ids =
    typeof thread_id === 'string' ? [thread_id] : await likelyThreads(String(message), startedAtMs, read);
  for (const id of ids) {
    const found = thread.parse(await read(`/mave/threads/${encodeURIComponent(id.toWellFormed())}`));
    const asked = found.messages.findLastIndex(
      ({ role, content, created_at }) =>
        role === 'user' && content === message && !isBefore(created_at, startedAtMs),
    );
    const answer = asked === -1 ? undefined : found.messages[asked + 1];
    if (answer?.role === 'assistant') {
      return {
        // The credits of a thread are those of all its questions, and a new thread has only this one.
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

/**
 * Ids of the threads that may have begun with a call, the likeliest first: those whose title is how the question begins,
 * then those that began nearest to the call.
 */
async function likelyThreads(
  message: string,
  startedAtMs: number,
  read: ReadMavera,
): Promise<readonly string[]> {
  const threads: ListedThread[] = [];
  for await (const page of readPages('/mave/threads?limit=100', listedThread, read)) {
    threads.push(...page.filter(({ updated_at }) => !isBefore(updated_at, startedAtMs)));
    // The list begins with the newest. After a thread that is older than the call come only older ones.
    if (isBefore(page.at(-1)?.updated_at, startedAtMs)) {
      break;
    }
  }
  const likeliness = threads
    .filter(({ created_at }) => !isBefore(created_at, startedAtMs))
    .map(({ id, title, created_at }) => ({
      id,
      isTitled: isBeginning(title ?? '', message),
      apartMs: apartMs(created_at, startedAtMs),
    }));
  // It is not documented how Mavera titles a new thread: titles change the order, and exclude no thread.
  return likeliness
    .sort((a, b) => Number(b.isTitled) - Number(a.isTitled) || compare(a.apartMs, b.apartMs))
    .slice(0, maxThreads)
    .map(({ id }) => id);
}

/** Milliseconds between a thread's beginning and the call; infinite where the thread has no time. */
function apartMs(at: ListedThread['created_at'], startedAtMs: number): number {
  const apart = Math.abs(epochMsOf(at) - startedAtMs);
  return Number.isNaN(apart) ? Number.POSITIVE_INFINITY : apart;
}

/** Whether a text begins with a title, which may end with an ellipsis. */
function isBeginning(title: string, text: string): boolean {
  const beginning = title.replace(/(?:…|\.{3})$/, '').trim();
  return beginning !== '' && text.trimStart().startsWith(beginning);
}

/** Sorts infinities too, unlike a difference. */
function compare(a: number, b: number): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
