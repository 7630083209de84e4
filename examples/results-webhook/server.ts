import { createServer, type IncomingMessage, type Server } from 'node:http';
import { InvalidSnsMessageError, isOfSns, type SnsMessage, verifySnsMessage } from './verifySnsMessage.ts';

/** A result, as docs/triggers.md describes it under "The results topic". */
export interface Result {
  readonly version: 1;
  readonly runId: string;
  readonly trigger: string;
  readonly state: 'done' | 'failed' | 'skipped' | 'waiting';
  readonly result?: unknown;
  readonly reason?: string;
  /** ISO 8601; absent while a run waits for approval, which has `askedAt`. */
  readonly finishedAt?: string;
  readonly askedAt?: string;
}

/** What the webhook needs. */
export interface WebhookOptions {
  readonly topicArn: string;
  /** Called for each result, once for each end of a run. If it throws, SNS sends the result again. */
  readonly onResult: (result: Result) => Promise<void>;
  /** Called for each request that is refused, or that SNS has to send again. */
  readonly onTrouble: (error: unknown) => void;
  /** @default over HTTPS */
  readonly fetch?: (url: string) => Promise<Response>;
}

const longestBodyBytes = 1024 * 1024;

/**
 * A server that takes results from the topic: each is verified, and taken once. SNS needs HTTPS, so put it behind a load
 * balancer or a proxy with a certificate.
 */
export function createWebhook(options: WebhookOptions): Server {
  // Of your database in production: a restart must not forget them.
  const taken = new Set<string>();
  return createServer(async (request, response) => {
    response.writeHead(await answer(request, taken, options)).end();
  });
}

/** @returns the status: SNS sends a message again after a 5xx or 429, and gives it up after another 4xx */
async function answer(
  request: IncomingMessage,
  taken: Set<string>,
  options: WebhookOptions,
): Promise<number> {
  try {
    const message = await verifySnsMessage(await readBody(request), options);
    await handle(message, taken, options);
    return 200;
  } catch (error) {
    options.onTrouble(error);
    return error instanceof InvalidSnsMessageError ? 403 : 503;
  }
}

async function handle(message: SnsMessage, taken: Set<string>, options: WebhookOptions): Promise<void> {
  if (message.Type === 'SubscriptionConfirmation') {
    await confirm(message, options);
  }
  if (message.Type !== 'Notification') {
    return;
  }
  const result = JSON.parse(message.Message) as Result & { readonly type?: string };
  if (result.type !== undefined) {
    // The end of a pull: it is not the result of a run. A filter policy keeps it away.
    return;
  }
  // A run that was redriven has another end.
  const key = `${result.runId} ${result.finishedAt ?? result.askedAt}`;
  if (taken.has(key)) {
    return;
  }
  taken.add(key);
  try {
    await options.onResult(result);
  } catch (error) {
    taken.delete(key);
    throw error;
  }
}

async function confirm({ SubscribeURL: url = '' }: SnsMessage, options: WebhookOptions): Promise<void> {
  const { topicArn, fetch = globalThis.fetch } = options;
  if (!isOfSns(url, topicArn)) {
    throw new InvalidSnsMessageError('Its SubscribeURL is not at SNS of the region of the topic');
  }
  const { ok, status } = await fetch(url);
  if (!ok) {
    throw new Error(`SNS answered ${status} to the confirmation`);
  }
}

async function readBody(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of request) {
    bytes += (chunk as Buffer).length;
    if (bytes > longestBodyBytes) {
      throw new InvalidSnsMessageError('It is larger than SNS sends');
    }
    chunks.push(chunk as Buffer);
  }
  return Buffer.concat(chunks).toString('utf8');
}

if (import.meta.main) {
  const { TOPIC_ARN: topicArn, PORT = '8080' } = process.env;
  if (topicArn === undefined) {
    throw new Error('Set TOPIC_ARN to the stack output ResultsTopicArn');
  }
  createWebhook({
    topicArn,
    onResult: async (result) => console.log(JSON.stringify(result)),
    onTrouble: (error) => console.error(String(error)),
  }).listen(Number(PORT));
}
