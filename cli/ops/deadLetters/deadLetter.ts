import type { Message } from '@aws-sdk/client-sqs';
import { parseRunMessage, type RunMessage } from '../../../functions/queue/runMessage.ts';

/** The reason of a dead letter that SQS moved there; the runner adds a reason to its own. */
export const crashed = 'crashed';
const crashedDetail = 'The runner crashed or timed out at each delivery: see its log.';

/** A message of the dead-letter queue, received and hidden from others for a while. */
export interface DeadLetter {
  readonly messageId: string;
  readonly receiptHandle: string;
  /** Absent if the message cannot be read: it can only be discarded. */
  readonly message?: RunMessage | undefined;
  readonly reason: string;
  readonly detail: string;
  /** When it was sent to the queue, in epoch milliseconds. */
  readonly sentAtMs: number;
}

/** Reads a message of the dead-letter queue that was received with all of its attributes. */
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
