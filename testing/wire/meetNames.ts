import type { Account } from '../../simulators/mavera/account.ts';
import { findParticipant } from '../../simulators/mavera/resources/participants.ts';
import { defaultWorkspace } from '../../simulators/mavera/resources/workspace.ts';
import type { ArrivingCall } from './wireCall.ts';

/** Adds the persona and the thread that a request names: the user's own account has them, so a trial's has them too. */
export function meetNames({ path, body = {} }: ArrivingCall, account: Account): void {
  const inPath = /^\/personas\/([^/?]+)$/.exec(path)?.[1];
  const persona = inPath === undefined ? body.persona_id : decodeURIComponent(inPath);
  if (typeof persona === 'string' && findParticipant(persona, account.personas) === undefined) {
    const createdAtSeconds = Math.floor(account.now() / 1000);
    account.personas.set(persona, { id: persona, createdAtSeconds, fields: { name: persona } });
  }
  const { thread_id: thread } = body;
  if (typeof thread === 'string' && !account.threads.has(thread)) {
    const createdAt = new Date(account.now()).toISOString();
    account.threads.set(thread, {
      id: thread,
      title: thread,
      phase: 'TRIAGE',
      complexity: 'SIMPLE',
      creditsUsed: 0,
      workspaceId: defaultWorkspace.id,
      messages: [],
      createdAt,
      updatedAt: createdAt,
    });
  }
}
