import * as z from 'zod/mini';
import { boundedList } from '../../schema/boundedList.ts';
import { creditsField, epochMsOf, idField, isBefore, momentField } from '../actions/maveraFields.ts';
import { firstPage, listPosition, readPage, tooLong } from './listPages.ts';
import type { LostCall, ReadAnswer, Recovery, RecoveryStep } from './recovery.ts';
import { sameText } from './sameText.ts';

/** At most this many threads are read whole. */
export const maxThreads = 20;

const list = '/mave/threads?limit=100';

const asked = z.object({ message: z.string(), thread_id: z.optional(z.string()) });

const listedThread = z.object({
  id: idField,
  title: z.optional(z.nullable(z.string())),
  created_at: momentField,
  updated_at: momentField,
});

const thread = z.object({
  id: idField,
  credits_used: z.optional(creditsField),
  messages: boundedList(
    z.object({ id: z.string(), role: z.string(), content: z.string(), created_at: momentField }),
  ),
  sources: z.optional(z.nullable(z.array(z.unknown()))),
  personas_used: z.optional(z.nullable(z.array(z.unknown()))),
});

/** A thread that may have begun with the call. */
const candidate = z.object({
  id: z.string(),
  isTitled: z.boolean(),
  /** Milliseconds between the thread's beginning and the call; `null` where the thread has no time. */
  apartMs: z.nullable(z.number()),
});

type Candidate = Readonly<z.infer<typeof candidate>>;

/** Where the search stands: in the list of threads, with the likeliest so far, or in these threads. */
const searchState = z.union([
  z.object({ position: listPosition, candidates: z.array(candidate) }),
  z.object({ threads: z.array(z.string()) }),
]);

/**
 * Searches for the answer to a question: in the thread that it continued, or in the threads that began when it was
 * asked, the likeliest first.
 * Source: Mavera API reference, "List Mave threads", "Get Mave thread".
 */
export const recoverMaveAnswer: Recovery = {
  begin({ request }) {
    const { thread_id } = asked.parse(request.body);
    if (thread_id !== undefined) {
      return lookInto([thread_id]);
    }
    const position = firstPage(list);
    return { kind: 'read', path: position.path, state: { position, candidates: [] } };
  },

  next(call, state, answer) {
    const search = searchState.parse(state);
    return 'threads' in search
      ? nextThread(call, search.threads, answer)
      : nextPage(call, search, 'json' in answer ? answer.json : undefined);
  },
};

function lookInto(threads: readonly string[]): RecoveryStep {
  const [id] = threads;
  return id === undefined
    ? { kind: 'not_found' }
    : {
        kind: 'read',
        path: `/mave/threads/${encodeURIComponent(id.toWellFormed())}`,
        state: { threads },
        mayBeGone: true,
      };
}

function nextThread(call: LostCall, threads: readonly string[], answer: ReadAnswer): RecoveryStep {
  const found = 'json' in answer ? answerIn(call, thread.parse(answer.json)) : undefined;
  return found ?? lookInto(threads.slice(1));
}

function answerIn(
  { request, startedAtMs }: LostCall,
  found: z.infer<typeof thread>,
): RecoveryStep | undefined {
  const { message, thread_id } = asked.parse(request.body);
  const askedAt = found.messages.findLastIndex(
    ({ role, content, created_at }) =>
      role === 'user' && sameText(content, message) && !isBefore(created_at, startedAtMs),
  );
  const answer = askedAt === -1 ? undefined : found.messages[askedAt + 1];
  if (answer?.role !== 'assistant') {
    return undefined;
  }
  return {
    kind: 'found',
    result: {
      // The credits of a thread are those of all its questions, and a new thread has only this one.
      creditsUsed: thread_id === undefined ? found.credits_used : undefined,
      result: {
        messageId: answer.id,
        threadId: found.id,
        content: answer.content,
        sources: found.sources ?? [],
        personasUsed: found.personas_used ?? [],
      },
      keptId: found.id,
    },
  };
}

function nextPage(
  call: LostCall,
  { position, candidates }: { position: z.infer<typeof listPosition>; candidates: readonly Candidate[] },
  json: unknown,
): RecoveryStep {
  const { items, next } = readPage(list, position, json, listedThread);
  const { startedAtMs } = call;
  const more = items
    .filter(
      ({ created_at, updated_at }) =>
        !isBefore(updated_at, startedAtMs) && !isBefore(created_at, startedAtMs),
    )
    .map((item) => candidateOf(item, call));
  const likeliest = [...candidates, ...more].sort(byLikeliness).slice(0, maxThreads);
  // The list begins with the newest. After a thread that is older than the call come only older ones.
  if (next === 'end' || isBefore(items.at(-1)?.updated_at, startedAtMs)) {
    return lookInto(likeliest.map(({ id }) => id));
  }
  return next === 'too_long'
    ? tooLong(list)
    : { kind: 'read', path: next.path, state: { position: next, candidates: likeliest } };
}

function candidateOf(
  { id, title, created_at }: z.infer<typeof listedThread>,
  { request, startedAtMs }: LostCall,
): Candidate {
  const apart = Math.abs(epochMsOf(created_at) - startedAtMs);
  return {
    id,
    isTitled: isBeginning(title ?? '', asked.parse(request.body).message),
    apartMs: Number.isNaN(apart) ? null : apart,
  };
}

/**
 * Threads whose title is how the question begins come first, then those that began nearest to the call. It is not
 * documented how Mavera titles a new thread: titles change the order, and exclude no thread.
 */
function byLikeliness(a: Candidate, b: Candidate): number {
  const [aMs, bMs] = [a.apartMs ?? Number.MAX_VALUE, b.apartMs ?? Number.MAX_VALUE];
  return Number(b.isTitled) - Number(a.isTitled) || aMs - bMs;
}

/** Whether a text begins with a title, which may end with an ellipsis. */
function isBeginning(title: string, text: string): boolean {
  const beginning = title.replace(/(?:…|\.{3})$/, '').trim();
  return beginning !== '' && text.trimStart().startsWith(beginning);
}
