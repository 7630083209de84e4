import type { ApiAnswer } from '../../http/reply.ts';
import type { Account } from '../account.ts';
import { invalidField, notFound } from '../apiError.ts';
import { optionalFlag, optionalText, requiredText } from '../bodyFields.ts';
import type { ApiRequest, Route } from '../route.ts';
import { globalPersonas } from './globalPersonas.ts';
import { answerMessage, type MaveAnswer } from './maveAnswer.ts';
import { maveSources, type Thread, type ThreadMessage } from './thread.ts';
import { defaultWorkspace } from './workspace.ts';

/**
 * One message to Mave. Answer and thread come at the end of the work. The credits are charged at its beginning, so that
 * concurrent calls cannot overspend.
 *
 * Source: API reference, "Send message to Mave".
 */
export const maveChatRoutes: readonly Route[] = [{ method: 'POST', path: '/mave/chat', handle: sendMessage }];

interface Conversation {
  readonly message: string;
  readonly answer: MaveAnswer;
  readonly threadId: string | undefined;
  readonly workspaceId: string | undefined;
}

async function sendMessage(request: ApiRequest, account: Account): Promise<ApiAnswer> {
  const { body, takeTime } = request;
  const message = requiredText(body, 'message', 1);
  const threadId = optionalText(body, 'thread_id');
  const workspaceId = optionalText(body, 'workspace_id');
  if (optionalFlag(body, 'stream') === true) {
    throw invalidField('stream', 'false: the simulator does not stream');
  }
  findThread(threadId, account);
  return account.maveCap.run(async () => {
    const answer = answerMessage(message);
    account.credits.charge(answer.credits);
    await takeTime('mave');
    return { status: 200, body: converse({ message, answer, threadId, workspaceId }, account) };
  });
}

function findThread(threadId: string | undefined, account: Account): Thread | undefined {
  const thread = account.threads.get(threadId ?? '');
  if (threadId !== undefined && thread === undefined) {
    throw notFound('The thread');
  }
  return thread;
}

function converse(conversation: Conversation, account: Account): object {
  const { answer } = conversation;
  const createdAt = new Date(account.now()).toISOString();
  const personas = globalPersonas.slice(-1).map(({ id, name }) => ({ id, name }));
  const question = says('user', conversation.message);
  const reply = says('assistant', answer.content);
  const thread = continueThread(conversation, [question, reply], account);
  return {
    id: reply.id,
    object: 'mave_message',
    thread_id: thread.id,
    role: 'assistant',
    content: answer.content,
    sources: maveSources.map(({ title, url, domain }) => ({ title, url, domain })),
    personas_used: personas,
    usage: { credits_used: answer.credits },
    created_at: createdAt,
  };

  function says(role: ThreadMessage['role'], content: string): ThreadMessage {
    return { id: account.newId(), role, content, persona: null, created_at: createdAt };
  }
}

function continueThread(
  { message, answer, threadId, workspaceId }: Conversation,
  said: readonly ThreadMessage[],
  account: Account,
): Thread {
  const now = new Date(account.now()).toISOString();
  const old = account.threads.get(threadId ?? '');
  const thread: Thread = {
    id: old?.id ?? threadId ?? account.newId(),
    title: old?.title ?? message.trim().slice(0, 60),
    phase: answer.phase,
    complexity: answer.complexity,
    creditsUsed: (old?.creditsUsed ?? 0) + answer.credits,
    workspaceId: old?.workspaceId ?? workspaceId ?? defaultWorkspace.id,
    messages: [...(old?.messages ?? []), ...said],
    createdAt: old?.createdAt ?? now,
    updatedAt: now,
  };
  account.threads.delete(thread.id);
  account.threads.set(thread.id, thread);
  return thread;
}
