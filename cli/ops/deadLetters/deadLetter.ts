import type { Message } from '@aws-sdk/client-sqs';
import { type PullMessage, parsePullMessage } from '../../../functions/pull/pullMessage.ts';
import { parseRunMessage, type RunMessage } from '../../../functions/queue/runMessage.ts';

/** The reason of a dead letter that SQS moved there; the runner adds a reason to its own. */
export const crashed = 'crashed';
/** The reason of a dead letter that belongs to a pull. */
export const ofPull = 'pull';
const crashedDetail = 'The runner crashed or timed out at each delivery: see its log.';

/** A message of a dead-letter queue, received and hidden from others for a while. */
export interface DeadLetter {
  readonly messageId: string;
  readonly receiptHandle: string;
  /** The run; absent if the message is of a pull, or cannot be read. */
  readonly message?: RunMessage | undefined;
  /** The start or step of a pull. A message that is neither can only be discarded. */
  readonly pull?: PullMessage | undefined;
  readonly reason: string;
  readonly detail: string;
  /** When it was sent to the queue, in epoch milliseconds. */
  readonly sentAtMs: number;
}

/** The trigger of a dead letter; `undefined` if the message cannot be read. */
export function triggerOf({ message, pull }: DeadLetter): string | undefined {
  return message?.trigger ?? pull?.trigger;
}

/** Reads a message of a dead-letter queue that was received with all of its attributes. */
export function readDeadLetter(received: Message): DeadLetter {
  const { MessageId = '', ReceiptHandle = '', Body = '', Attributes, MessageAttributes } = received;
  const reason = MessageAttributes?.reason?.StringValue;
  const sent = {
    messageId: MessageId,
    receiptHandle: ReceiptHandle,
    sentAtMs: Number(Attributes?.SentTimestamp ?? 0),
  };
  const pull = read(Body, parsePullMessage);
  if (pull !== undefined) {
    return {
      ...sent,
      pull,
      reason: ofPull,
      detail: pullDetail(pull, MessageAttributes?.ERROR_MESSAGE?.StringValue),
    };
  }
  return {
    ...sent,
    message: read(Body, parseRunMessage),
    reason: reason ?? crashed,
    detail: MessageAttributes?.detail?.StringValue ?? (reason === undefined ? crashedDetail : ''),
  };
}

/** @param scheduleError what EventBridge Scheduler says if it could not put the message into the queue */
function pullDetail(pull: PullMessage, scheduleError: string | undefined): string {
  if (scheduleError !== undefined) {
    return `Its schedule could not start it: ${scheduleError}`;
  }
  const what = pull.kind === 'start' ? 'Its start' : `Step ${pull.step + 1}`;
  return `${what} failed at each delivery: see the log of the puller. Occurrence ${pull.occurrence}.`;
}

function read<Value>(body: string, parse: (body: string) => Value): Value | undefined {
  try {
    return parse(body);
  } catch {
    return undefined;
  }
}
