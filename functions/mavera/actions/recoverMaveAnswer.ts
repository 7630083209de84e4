import * as z from 'zod/mini';
import type { ActionResult, LostCall, ReadMavera } from './actionPerformer.ts';
import { creditsField } from './creditsField.ts';
import { idField } from './idField.ts';
import { readPages } from './readPages.ts';

/** Threads that are looked into: those first whose title is how the question begins, then those that began nearest to it. */
export const maxThreads = 20;
/** Between Mavera's clock and ours. */
const clockSkewMs = 60_000;

const time = z.optional(z.nullable(z.union([z.string(), z.number()])));

const listedThread = z.object({
  id: idField,
  title: z.optional(z.nullable(z.string())),
  created_at: time,
  updated_at: time,
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
      created_at: time,
    }),
  ),
  sources: z.optional(z.nullable(z.array(z.unknown()))),
  personas_used: z.optional(z.nullable(z.array(z.unknown()))),
});

/**
 * Looks for the answer to a question in the threads that began when it was asked, or in the one that it continued.
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
function isBefore(at: string | number | null | undefined, ms: number): boolean {
  return epochMs(at) < ms;
}

/** NaN for what is no time. */
function epochMs(at: string | number | null | undefined): number {
  return typeof at === 'number' ? at * 1000 : Date.parse(at ?? '');
}

/** Ids of the threads that may have begun with a call, the likeliest first. */
async function likelyThreads(
  message: string,
  startedAtMs: number,
  read: ReadMavera,
): Promise<readonly string[]> {
  const sinceMs = startedAtMs - clockSkewMs;
  const threads: ListedThread[] = [];
  for await (const page of readPages('/mave/threads?limit=100', listedThread, read)) {
    threads.push(...page.filter(({ updated_at }) => !isBefore(updated_at, sinceMs)));
    // Newest first: behind one that nobody has touched since, there is none.
    if (isBefore(page.at(-1)?.updated_at, sinceMs)) {
      break;
    }
  }
  const likeliness = threads
    .filter(({ created_at }) => !isBefore(created_at, sinceMs))
    .map(({ id, title, created_at }) => ({
      id,
      isTitled: isBeginning(title ?? '', message),
      apartMs: apartMs(created_at, startedAtMs),
    }));
  // How Mavera gives a new thread its title is not documented: the question's beginning speaks for it, no title against.
  return likeliness
    .sort((a, b) => Number(b.isTitled) - Number(a.isTitled) || compare(a.apartMs, b.apartMs))
    .slice(0, maxThreads)
    .map(({ id }) => id);
}

/** How far a thread's beginning is from the call, in milliseconds; without a time, infinitely far. */
function apartMs(at: ListedThread['created_at'], startedAtMs: number): number {
  const apart = Math.abs(epochMs(at) - startedAtMs);
  return Number.isNaN(apart) ? Number.POSITIVE_INFINITY : apart;
}

/** Whether a title, which may end with an ellipsis, is how a text begins. */
function isBeginning(title: string, text: string): boolean {
  const beginning = title.replace(/(?:…|\.{3})$/, '').trim();
  return beginning !== '' && text.trimStart().startsWith(beginning);
}

/** Unlike a difference, sorts infinities. */
function compare(a: number, b: number): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
