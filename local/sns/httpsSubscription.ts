import { randomUUID } from 'node:crypto';
import { SubscribeCommand } from '@aws-sdk/client-sns';
import {
  CreateQueueCommand,
  DeleteMessageCommand,
  DeleteQueueCommand,
  GetQueueAttributesCommand,
  ReceiveMessageCommand,
} from '@aws-sdk/client-sqs';
import type { AwsClients } from '../aws/clients.ts';
import { type PostOptions, postUntilTaken } from './postUntilTaken.ts';
import { type PostedMessage, SnsSigner } from './snsSigner.ts';

/** Which messages of a topic are posted where. */
export interface HttpsSubscriptionOptions extends PostOptions {
  readonly topicArn: string;
  /** By message attribute, e.g. `{ state: ['done'] }`. @default all messages */
  readonly filterPolicy?: Readonly<Record<string, readonly unknown[]>>;
}

/**
 * The subscription of an HTTP(S) endpoint to a topic, as SNS makes it: it asks for a confirmation, then posts each message
 * with a signature. fauxqs delivers to queues alone, so that a queue subscribes to the topic, and what it gets is signed and
 * posted here.
 */
export class HttpsSubscription {
  readonly #clients: AwsClients;
  readonly #options: HttpsSubscriptionOptions;
  readonly #signer: SnsSigner;
  readonly #stopping = new AbortController();
  /** Resolves when the endpoint has confirmed. */
  readonly #confirmation = Promise.withResolvers<void>();
  readonly #confirmed = Promise.withResolvers<void>();
  readonly #undelivered: PostedMessage[] = [];
  readonly #working: Promise<void>;

  /** Begins with the request for a confirmation. */
  constructor(clients: AwsClients, options: HttpsSubscriptionOptions) {
    this.#clients = clients;
    this.#options = options;
    this.#signer = new SnsSigner(options.topicArn);
    this.#working = this.#work().catch((error: unknown) => {
      if (!this.#stopping.signal.aborted) {
        throw error;
      }
    });
  }

  /** Settles when the endpoint has confirmed the subscription and gets what is published from then on. */
  get confirmed(): Promise<void> {
    return this.#confirmed.promise;
  }

  /** Messages that were given up: refused, or tried four times. */
  get undelivered(): readonly PostedMessage[] {
    return this.#undelivered;
  }

  /** Signs a message of the topic, so that a test can post one of its own. */
  sign(message: PostedMessage): PostedMessage {
    return this.#signer.sign(message);
  }

  /** What SNS would answer to a request for the certificate, or to the confirmation. */
  async fetch(url: string): Promise<Response> {
    switch (url) {
      case this.#signer.certificateUrl:
        return new Response(this.#signer.certificate);
      case this.#signer.subscribeUrl:
        this.#confirmation.resolve();
        return new Response('<ConfirmSubscriptionResponse/>');
      default:
        return new Response('', { status: 404 });
    }
  }

  async stop(): Promise<void> {
    this.#stopping.abort();
    await this.#working;
  }

  async #work(): Promise<void> {
    const { signal } = this.#stopping;
    await this.#deliver(this.#signer.confirmation());
    await Promise.race([this.#confirmation.promise, whenAborted(signal)]);
    const queueUrl = await this.#subscribeQueue();
    this.#confirmed.resolve();
    try {
      for (;;) {
        for (const message of await this.#receive(queueUrl)) {
          await this.#deliver(this.#signer.sign(message));
        }
      }
    } finally {
      await this.#clients.sqs.send(new DeleteQueueCommand({ QueueUrl: queueUrl }));
    }
  }

  async #deliver(message: PostedMessage): Promise<void> {
    if (!(await postUntilTaken(message, this.#options, this.#stopping.signal))) {
      this.#undelivered.push(message);
    }
  }

  async #subscribeQueue(): Promise<string> {
    const { sns, sqs } = this.#clients;
    const { topicArn, filterPolicy } = this.#options;
    const { QueueUrl = '' } = await sqs.send(new CreateQueueCommand({ QueueName: `https-${randomUUID()}` }));
    const { Attributes } = await sqs.send(
      new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ['QueueArn'] }),
    );
    await sns.send(
      new SubscribeCommand({
        TopicArn: topicArn,
        Protocol: 'sqs',
        Endpoint: Attributes?.QueueArn,
        Attributes: filterPolicy === undefined ? {} : { FilterPolicy: JSON.stringify(filterPolicy) },
      }),
    );
    return QueueUrl;
  }

  /** Receives messages as the topic has published them, and deletes them. */
  async #receive(queueUrl: string): Promise<readonly PostedMessage[]> {
    const { sqs } = this.#clients;
    const { Messages = [] } = await sqs.send(
      new ReceiveMessageCommand({ QueueUrl: queueUrl, MaxNumberOfMessages: 10, WaitTimeSeconds: 1 }),
      { abortSignal: this.#stopping.signal },
    );
    for (const { ReceiptHandle } of Messages) {
      await sqs.send(new DeleteMessageCommand({ QueueUrl: queueUrl, ReceiptHandle }));
    }
    return Messages.map(({ Body = '' }) => JSON.parse(Body) as PostedMessage);
  }
}

async function whenAborted(signal: AbortSignal): Promise<never> {
  return await new Promise((_resolve, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason), { once: true });
  });
}
