import { setTimeout as sleep } from 'node:timers/promises';
import {
  ChangeMessageVisibilityCommand,
  DeleteMessageCommand,
  type Message,
  ReceiveMessageCommand,
  type SQSClient,
} from '@aws-sdk/client-sqs';
import type { InvocationResult } from '../lambda/invocationResult.ts';
import { failedMessageIds } from './failedMessageIds.ts';
import { sqsEvent } from './sqsEvent.ts';

/** The queue, the function, and how messages get from one to the other. */
export interface EventSourceMappingOptions {
  readonly queueUrl: string;
  readonly queueArn: string;
  readonly batchSize: number;
  /** The most invocations at a time; no more messages are received than these can take. */
  readonly maximumConcurrency: number;
  readonly reportsBatchItemFailures: boolean;
  /** Signs as the function: as in AWS, its role must permit receiving and deleting. */
  readonly sqs: SQSClient;
  readonly invoke: (event: string) => Promise<InvocationResult>;
  /**
   * When a failed message becomes visible again, instead of after the queue's visibility timeout, so that people can
   * watch a retry. `undefined`: as in AWS, after the visibility timeout.
   */
  readonly redeliverAfterSeconds: number | undefined;
  /** Bypasses the gateway, because the function's role need not permit what `redeliverAfterSeconds` does. */
  readonly administrator: SQSClient;
  /** Called with an error between the mapping and the queue; the mapping tries again. */
  readonly onError: (error: unknown) => void;
}

/** A running mapping. */
export interface EventSourceMapping {
  /** How many invocations are under way. */
  readonly running: number;
  stop(): Promise<void>;
}

/** The longest that SQS lets a call wait for messages. */
const waitTimeSeconds = 20;
const maxReceivedMessages = 10;
const pauseAfterErrorMs = 1000;

/**
 * Polls a queue and invokes a function with the messages, as Lambda's event source mapping does. Batches have at most the
 * batch size, and at most `maximumConcurrency` run at a time. Successful messages are deleted; failed ones are left to
 * the queue's visibility timeout and redrive policy.
 */
export function startEventSourceMapping(options: EventSourceMappingOptions): EventSourceMapping {
  const poller = new Poller(options);
  const polling = poller.run();
  return {
    get running() {
      return poller.running;
    },
    stop: async () => {
      poller.stop();
      await polling;
    },
  };
}

class Poller {
  readonly #options: EventSourceMappingOptions;
  readonly #stopped = new AbortController();
  #running = 0;
  /** Wakes the polling when an invocation has ended. */
  #onFree: () => void = () => undefined;

  constructor(options: EventSourceMappingOptions) {
    this.#options = options;
  }

  get running(): number {
    return this.#running;
  }

  stop(): void {
    this.#stopped.abort();
    this.#onFree();
  }

  async run(): Promise<void> {
    while (!this.#stopped.signal.aborted) {
      const free = this.#options.maximumConcurrency - this.#running;
      if (free === 0) {
        const { promise, resolve } = Promise.withResolvers<void>();
        this.#onFree = resolve;
        await promise;
        continue;
      }
      await this.#poll(free).catch((error: unknown) => this.#pauseAfter(error));
    }
  }

  async #poll(free: number): Promise<void> {
    const { sqs, queueUrl, batchSize } = this.#options;
    const { Messages = [] } = await sqs.send(
      new ReceiveMessageCommand({
        QueueUrl: queueUrl,
        MaxNumberOfMessages: Math.min(maxReceivedMessages, free * batchSize),
        MessageAttributeNames: ['All'],
        MessageSystemAttributeNames: ['All'],
        WaitTimeSeconds: waitTimeSeconds,
      }),
      { abortSignal: this.#stopped.signal },
    );
    for (let start = 0; start < Messages.length; start += batchSize) {
      this.#serve(Messages.slice(start, start + batchSize));
    }
  }

  async #serve(batch: readonly Message[]): Promise<void> {
    this.#running += 1;
    try {
      await this.#invoke(batch);
    } catch (error) {
      this.#report(error);
    } finally {
      this.#running -= 1;
      this.#onFree();
    }
  }

  async #invoke(batch: readonly Message[]): Promise<void> {
    const { invoke, queueArn, reportsBatchItemFailures, redeliverAfterSeconds } = this.#options;
    const result = await invoke(JSON.stringify(sqsEvent(batch, queueArn)));
    const ids = batch.map(({ MessageId = '' }) => MessageId);
    const failed = failedMessageIds(result, ids, reportsBatchItemFailures);
    await Promise.all(
      batch.map(async (message) => {
        if (!failed.includes(message.MessageId ?? '')) {
          await this.#delete(message);
        } else if (redeliverAfterSeconds !== undefined) {
          await this.#redeliver(message, redeliverAfterSeconds);
        }
      }),
    );
  }

  async #delete({ ReceiptHandle }: Message): Promise<void> {
    const { sqs, queueUrl } = this.#options;
    await sqs.send(new DeleteMessageCommand({ QueueUrl: queueUrl, ReceiptHandle }));
  }

  async #redeliver({ ReceiptHandle }: Message, afterSeconds: number): Promise<void> {
    const { administrator, queueUrl } = this.#options;
    await administrator.send(
      new ChangeMessageVisibilityCommand({
        QueueUrl: queueUrl,
        ReceiptHandle,
        VisibilityTimeout: afterSeconds,
      }),
    );
  }

  async #pauseAfter(error: unknown): Promise<void> {
    this.#report(error);
    await sleep(pauseAfterErrorMs, undefined, { signal: this.#stopped.signal }).catch(() => undefined);
  }

  /** Errors while the system stops are expected. */
  #report(error: unknown): void {
    if (!this.#stopped.signal.aborted) {
      this.#options.onError(error);
    }
  }
}
