import type { ApiAnswer } from '../../http/reply.ts';
import type { Account } from '../account.ts';
import { notFound } from '../apiError.ts';
import { requiredText } from '../bodyFields.ts';
import { cutPage } from '../page.ts';
import type { ApiRequest, Route } from '../route.ts';
import { globalPersonas } from './globalPersonas.ts';
import { maveSources, type Thread, type ThreadDetails, threadObject } from './thread.ts';

/**
 * The conversations with Mave, newest first.
 *
 * Source: API reference, "List Mave threads", "Get Mave thread", "Update Mave thread".
 * GUESS: the filters' names (`workspace_id`, `search` in the title), and the answer of DELETE.
 */
export const maveThreadRoutes: readonly Route[] = [
  { method: 'GET', path: '/mave/threads', handle: listThreads },
  { method: 'GET', path: '/mave/threads/:id', handle: getThread },
  { method: 'PATCH', path: '/mave/threads/:id', handle: renameThread },
  { method: 'DELETE', path: '/mave/threads/:id', handle: deleteThread },
];

async function listThreads({ query, takeTime }: ApiRequest, account: Account): Promise<ApiAnswer> {
  await takeTime('reads');
  const workspaceId = query.get('workspace_id');
  const search = query.get('search')?.toLowerCase();
  const found = [...account.threads.values()]
    .reverse()
    .filter(
      (thread) =>
        (workspaceId === null || thread.workspaceId === workspaceId) &&
        (search === undefined || thread.title.toLowerCase().includes(search)),
    );
  const page = cutPage(found, query);
  return { status: 200, body: { ...page, data: page.data.map(threadObject) } };
}

async function getThread({ params, takeTime }: ApiRequest, account: Account): Promise<ApiAnswer> {
  await takeTime('reads');
  return { status: 200, body: threadDetails(findThread(params.id, account)) };
}

async function renameThread({ params, body, takeTime }: ApiRequest, account: Account): Promise<ApiAnswer> {
  const title = requiredText(body, 'title', 1, 100);
  await takeTime('reads');
  const thread: Thread = { ...findThread(params.id, account), title };
  account.threads.set(thread.id, thread);
  return { status: 200, body: threadObject(thread) };
}

async function deleteThread({ params, takeTime }: ApiRequest, account: Account): Promise<ApiAnswer> {
  await takeTime('reads');
  const { id } = findThread(params.id, account);
  account.threads.delete(id);
  return { status: 200, body: { id, object: 'mave_thread', deleted: true } };
}

function findThread(id: string | undefined, account: Account): Thread {
  const thread = account.threads.get(id ?? '');
  if (thread === undefined) {
    throw notFound('The thread');
  }
  return thread;
}

/** One thread with its messages, sources and personas. */
export function threadDetails(thread: Thread): ThreadDetails {
  return {
    ...threadObject(thread),
    messages: thread.messages,
    sources: maveSources,
    personas_used: globalPersonas.slice(-1).map(({ id, name, category }) => ({ id, name, category })),
  };
}
