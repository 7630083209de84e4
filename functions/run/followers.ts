import { followerRunId } from '../ledger/keys.ts';
import type { RunEnd } from '../ledger/runItem.ts';
import type { RunMessage } from '../queue/runMessage.ts';
import type { Trigger } from '../triggers/trigger.ts';
import type { RunnerDependencies } from './runDependencies.ts';

/** The triggers that follow each trigger, by its name. */
export function followersOf(triggers: readonly Trigger[]): RunnerDependencies['followers'] {
  const following = triggers.filter(({ after }) => after !== undefined);
  return Map.groupBy(following, ({ after }) => after?.name ?? '');
}

/**
 * The first messages of the runs that follow a run that is done. Their ids derive from its id, so that they may be sent
 * again.
 *
 * @param finishedAtMs from when on their `staleAfter` and their deadline count
 */
export function followerMessages(
  { runId, redrive, source, route, messageId, event }: RunMessage,
  { result = '{}' }: Pick<RunEnd, 'result'>,
  finishedAtMs: number,
  triggers: readonly Trigger[],
  runDeadlineMs: number,
): readonly RunMessage[] {
  const [first] = triggers;
  if (first?.after === undefined) {
    return [];
  }
  const after = { runId, trigger: first.after.name, result: JSON.parse(result) as Record<string, unknown> };
  return triggers.map(({ name }) => ({
    version: 2,
    runId: followerRunId(runId, redrive, name),
    trigger: name,
    source,
    route,
    messageId,
    receivedAtMs: finishedAtMs,
    deadlineAtMs: finishedAtMs + runDeadlineMs,
    after,
    event,
  }));
}

/**
 * Sends the runs that follow a run that is done, to the queue for runs that may be many at once.
 *
 * @throws what the AWS SDK throws when the queue does not answer
 */
export async function sendFollowers(
  message: RunMessage,
  end: Pick<RunEnd, 'result'>,
  finishedAtMs: number,
  { followers, queues, settings, now }: RunnerDependencies,
): Promise<void> {
  const triggers = followers.get(message.trigger) ?? [];
  const { runDeadlineMs } = settings;
  for (const follower of followerMessages(message, end, finishedAtMs, triggers, runDeadlineMs)) {
    await queues.sendLater(follower, now(), 'bulk');
  }
}
