import { SendMessageCommand, type SQSClient } from '@aws-sdk/client-sqs';
import type { Context } from 'aws-lambda';
import { type EventIdentity, runIdFor } from '../../../functions/ledger/keys.ts';
import type { SegmentEvent } from '../../../functions/sources/segment/event.ts';

/** An event that at least one trigger wants. */
export interface WantedEvent {
  /** With `messageKey`, what identifies an event. */
  readonly route: string;
  readonly messageKey: string;
  readonly event: SegmentEvent;
  readonly triggers: readonly string[];
  readonly receivedAtMs: number;
}

/** Queues the runs of an event at most once. Rejects if another request is queueing them, or if AWS fails. */
export type QueueOnce = (wanted: WantedEvent, context: Context) => Promise<void>;

/** One message per run, the same as the receiver sends. */
export async function sendRuns(client: SQSClient, queueUrl: string, wanted: WantedEvent): Promise<void> {
  const { route, event, receivedAtMs } = wanted;
  const { messageId } = event;
  const identity: EventIdentity = { source: 'segment', route, messageId, element: event };
  for (const trigger of wanted.triggers) {
    const run = {
      version: 1,
      runId: runIdFor(identity, wanted.messageKey, trigger),
      trigger,
      source: 'segment',
      route,
      messageId,
      receivedAtMs,
      deadlineAtMs: receivedAtMs + Number(process.env.RUN_DEADLINE_SECONDS) * 1000,
      event,
    };
    const command = new SendMessageCommand({
      QueueUrl: queueUrl,
      MessageBody: JSON.stringify(run),
      MessageGroupId: trigger,
    });
    await client.send(command);
  }
}
