import type { Message } from '@aws-sdk/client-sqs';
import { parseRunMessage, type RunMessage } from '../../../functions/queue/runMessage.ts';

/** The reason of a dead letter that SQS itself has put there: the runner puts one beside each of its own. */
export const crashed = 'crashed';
const crashedDetail =
  'Every delivery of it ended without a word (a crash or a timeout of the runner): see its log.';

/** A message of the dead-letter queue, received and held for a while. */
export interface DeadLetter {
  readonly messageId: string;
  readonly receiptHandle: string;
  /** Absent when the message cannot be read: it can only be discarded. */
  readonly message?: RunMessage | undefined;
  readonly reason: string;
  readonly detail: string;
  /** Since when it has been in a queue, in epoch milliseconds. */
  readonly sentAtMs: number;
}

/** Reads a message that was received from the dead-letter queue with all of its attributes. */
export function readDeadLetter(received: Message): DeadLetter {
  const { MessageId = '', ReceiptHandle = '', Body = '', Attributes, MessageAttributes } = received;
  const reason = MessageAttributes?.reason?.StringValue;
  return {
    messageId: MessageId,
    receiptHandle: ReceiptHandle,
    message: readMessage(Body),
    reason: reason ?? crashed,
    detail: MessageAttributes?.detail?.StringValue ?? (reason === undefined ? crashedDetail : ''),
    sentAtMs: Number(Attributes?.SentTimestamp ?? 0),
  };
}

function readMessage(body: string): RunMessage | undefined {
  try {
    return parseRunMessage(body);
  } catch {
    return undefined;
  }
}
