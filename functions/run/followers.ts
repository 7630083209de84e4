import { followerRunId } from '../ledger/keys.ts';
import type { RunEnd } from '../ledger/runItem.ts';
import { shortenedJson } from '../ledger/shortened.ts';
import { type FollowedRun, maxMessageBytes, type RunMessage, writeRunMessage } from '../queue/runMessage.ts';
import type { Trigger } from '../triggers/trigger.ts';
import type { RunnerDependencies } from './runDependencies.ts';

/** For what is added to a message when it waits or is dead-lettered: times, and a reason of up to 1,000 characters. */
const roomForRunnerBytes = 1_500;
/** Less of a result is of no use. */
const leastResultBytes = 50;

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
  { runId, redrive, source, route, messageId, pulledItem, event }: RunMessage,
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
  // A run that has collected is not about one item.
  const item = first.after.collect === undefined ? pulledItem : undefined;
  return triggers.map(({ name }) =>
    fitted({
      version: 2,
      runId: followerRunId(runId, redrive, name),
      trigger: name,
      source,
      route,
      messageId,
      receivedAtMs: finishedAtMs,
      deadlineAtMs: finishedAtMs + runDeadlineMs,
      after,
      pulledItem: item,
      event,
    }),
  );
}

/** The message with as much of the result as the queue takes beside the event, which may be nearly as large as a message. */
function fitted(message: RunMessage & { readonly after: FollowedRun }): RunMessage {
  const { after } = message;
  const mostBytes = maxMessageBytes - roomForRunnerBytes;
  const withResult = (result: FollowedRun['result']): RunMessage => ({
    ...message,
    after: { ...after, result },
  });
  let fitting: RunMessage = message;
  // Half as much each time: some characters take more bytes in a message than in JSON.
  for (
    let resultBytes = mostBytes - bytesOf(withResult({}));
    bytesOf(fitting) > mostBytes && resultBytes >= leastResultBytes;
    resultBytes /= 2
  ) {
    fitting = withResult(JSON.parse(shortenedJson(after.result, resultBytes)) as FollowedRun['result']);
  }
  return fitting;
}

function bytesOf(message: RunMessage): number {
  return Buffer.byteLength(writeRunMessage(message));
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
