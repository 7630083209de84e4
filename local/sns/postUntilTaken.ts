import { setTimeout as sleep } from 'node:timers/promises';
import type { PostedMessage } from './snsSigner.ts';

/** Where messages are posted, and how often. */
export interface PostOptions {
  readonly endpoint: string;
  /** Between two tries of a message. @default 20,000, as AWS does */
  readonly retryAfterMs?: number;
}

/** Tries of a message in all. Source: Amazon SNS, "Message delivery retries": three retries, 20 s apart. */
const maxTries = 4;
const timeoutMs = 15_000;

/**
 * Posts a message as SNS does. It is posted again when no answer comes, and after a 5xx or 429.
 *
 * @returns whether the endpoint has taken it
 */
export async function postUntilTaken(
  message: PostedMessage,
  { endpoint, retryAfterMs = 20_000 }: PostOptions,
  signal: AbortSignal,
): Promise<boolean> {
  for (let tries = 1; ; tries += 1) {
    const status = await post(endpoint, message, signal);
    const isFinal = status !== undefined && status < 500 && status !== 429;
    if (isFinal || tries === maxTries) {
      return isFinal && status >= 200 && status < 300;
    }
    await sleep(retryAfterMs, undefined, { signal });
  }
}

/** @returns the status; `undefined` when no answer came */
async function post(
  endpoint: string,
  message: PostedMessage,
  signal: AbortSignal,
): Promise<number | undefined> {
  try {
    const response = await fetch(endpoint, {
      method: 'POST',
      headers: {
        'content-type': 'text/plain; charset=UTF-8',
        'user-agent': 'Amazon Simple Notification Service Agent',
        'x-amz-sns-message-type': String(message.Type),
        'x-amz-sns-message-id': String(message.MessageId),
        'x-amz-sns-topic-arn': String(message.TopicArn),
      },
      body: JSON.stringify(message),
      redirect: 'manual',
      signal: AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)]),
    });
    await response.body?.cancel();
    return response.status;
  } catch {
    signal.throwIfAborted();
    return undefined;
  }
}
