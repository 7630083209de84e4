import {
  ChangeMessageVisibilityBatchCommand,
  DeleteMessageBatchCommand,
  ReceiveMessageCommand,
} from '@aws-sdk/client-sqs';
import { chunk } from '../../../functions/aws/mapConcurrently.ts';
import type { Deployment } from '../deployment/deployment.ts';
import { type DeadLetter, readDeadLetter } from './deadLetter.ts';

const messagesPerCall = 10;
/**
 * How long received messages stay hidden from others. If the command is interrupted, SQS shows them again after this
 * time. A command that takes longer receives its first messages again, and recognises them.
 */
const heldSeconds = 60;
/** Long polling asks all of SQS's servers: an empty answer means an empty queue. */
const waitSeconds = 1;
/** After so many receptions of known messages only, all messages have been seen. */
const maxKnownReceptions = 3;

type DeadLetterQueue = Pick<Deployment, 'sqs' | 'deadLetterQueueUrl'>;

/** The dead-letter queue of runs and, if the system has pulls, that of pulls. */
type DeadLetterQueues = Pick<Deployment, 'sqs' | 'deadLetterQueueUrl' | 'pulls'>;

/** Deletes received dead letters. @throws Error if SQS does not delete one */
export type DeleteDeadLetters = (letters: readonly DeadLetter[]) => Promise<void>;

/** Handles some dead letters. `remove` deletes those that it is given. */
type DealWith = (letters: readonly DeadLetter[], remove: DeleteDeadLetters) => Promise<'go on' | 'enough'>;

/**
 * Visits each dead letter once, ten at a time, and gives back those that were not deleted.
 *
 * @throws what `deal` throws, and what the AWS SDK throws when a queue does not answer
 */
export async function eachDeadLetters(
  { sqs, deadLetterQueueUrl, pulls }: DeadLetterQueues,
  deal: DealWith,
): Promise<void> {
  const isEnough = (await visit({ sqs, deadLetterQueueUrl }, deal)) === 'enough';
  if (!isEnough && pulls !== undefined) {
    await visit({ sqs, deadLetterQueueUrl: pulls.deadLetterQueueUrl }, deal);
  }
}

async function visit(queue: DeadLetterQueue, deal: DealWith): Promise<'all' | 'enough'> {
  const seen = new Set<string>();
  /** Message id → last receipt handle, of the messages to give back. */
  const held = new Map<string, string>();
  const remove: DeleteDeadLetters = async (letters) => {
    await deleteDeadLetters(queue, letters);
    for (const { messageId } of letters) {
      held.delete(messageId);
    }
  };
  try {
    let knownReceptions = 0;
    while (knownReceptions < maxKnownReceptions) {
      const received = await receive(queue);
      if (received.length === 0) {
        return 'all';
      }
      const fresh = received.filter(({ messageId }) => !seen.has(messageId));
      for (const { messageId, receiptHandle } of received) {
        seen.add(messageId);
        held.set(messageId, receiptHandle);
      }
      knownReceptions = fresh.length === 0 ? knownReceptions + 1 : 0;
      if (fresh.length > 0 && (await deal(fresh, remove)) === 'enough') {
        return 'enough';
      }
    }
    return 'all';
  } finally {
    await giveBack(queue, [...held.values()]);
  }
}

async function deleteDeadLetters(
  { sqs, deadLetterQueueUrl }: DeadLetterQueue,
  letters: readonly DeadLetter[],
): Promise<void> {
  for (const some of chunk(letters, messagesPerCall)) {
    const { Failed = [] } = await sqs.send(
      new DeleteMessageBatchCommand({
        QueueUrl: deadLetterQueueUrl,
        Entries: some.map(({ receiptHandle }, index) => ({ Id: `${index}`, ReceiptHandle: receiptHandle })),
      }),
    );
    const [failure] = Failed;
    if (failure !== undefined) {
      throw new Error(`SQS did not delete a dead letter: ${failure.Message ?? failure.Code}`);
    }
  }
}

async function receive({ sqs, deadLetterQueueUrl }: DeadLetterQueue): Promise<readonly DeadLetter[]> {
  const { Messages = [] } = await sqs.send(
    new ReceiveMessageCommand({
      QueueUrl: deadLetterQueueUrl,
      MaxNumberOfMessages: messagesPerCall,
      VisibilityTimeout: heldSeconds,
      WaitTimeSeconds: waitSeconds,
      MessageAttributeNames: ['All'],
      MessageSystemAttributeNames: ['SentTimestamp'],
    }),
  );
  return Messages.map(readDeadLetter);
}

/** A message that SQS already shows again cannot be given back, and need not be. */
async function giveBack(
  { sqs, deadLetterQueueUrl }: DeadLetterQueue,
  receiptHandles: readonly string[],
): Promise<void> {
  try {
    for (const some of chunk(receiptHandles, messagesPerCall)) {
      await sqs.send(
        new ChangeMessageVisibilityBatchCommand({
          QueueUrl: deadLetterQueueUrl,
          Entries: some.map((ReceiptHandle, index) => ({
            Id: `${index}`,
            ReceiptHandle,
            VisibilityTimeout: 0,
          })),
        }),
      );
    }
  } catch {
    // SQS shows them again after the visibility timeout.
  }
}
