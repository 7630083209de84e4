import type { RunEnd } from '../ledger/runTransitions.ts';
import type { RunMessage } from '../queue/runMessage.ts';
import { resultMessage } from '../results/resultMessage.ts';
import type { RunnerDependencies } from './runDependencies.ts';

/**
 * Publishes how a run has ended to the results topic. Where the trigger wants it, a message of its own has the result
 * reported to Segment, so that no failure there touches the run.
 *
 * @throws what the AWS SDK throws when topic or queue do not answer
 */
export async function announceEnd(
  message: RunMessage,
  end: RunEnd,
  finishedAtMs: number,
  { results, queues, triggers, now }: RunnerDependencies,
): Promise<void> {
  const trigger = triggers.get(message.trigger);
  await results.publish(resultMessage(message, trigger?.run.kind, end, finishedAtMs));
  if (end.state === 'done' && trigger?.toSegment !== undefined) {
    const report = { ...message, notBeforeMs: undefined, slotAtMs: undefined, report: { attempts: 0 } };
    await queues.sendLater(report, now());
  }
}
