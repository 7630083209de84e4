import { setTimeout as sleep } from 'node:timers/promises';
import type { SNSClient } from '@aws-sdk/client-sns';
import { DeleteMessageCommand, ReceiveMessageCommand } from '@aws-sdk/client-sqs';
import type { Deployment } from '../../../cli/ops/deployment/deployment.ts';
import type { PullCursor } from '../../../functions/ledger/pullCursor.ts';
import { createPuller } from '../../../functions/pull/createPuller.ts';
import { handleMessage } from '../../../functions/pull/handleMessage.ts';
import type { PullDependencies } from '../../../functions/pull/pullDependencies.ts';
import { parsePullMessage } from '../../../functions/pull/pullMessage.ts';
import { definePull } from '../../../functions/pulls/definePull.ts';
import { askMave } from '../../../functions/triggers/actions.ts';
import { trigger } from '../../../functions/triggers/defineTrigger.ts';
import type { Trigger } from '../../../functions/triggers/trigger.ts';

const pages = 3;

/** A puller that tests hand the messages to. Its pull has three pages with an item each, and calls nothing. */
export class TestPuller {
  /** The page whose step throws. */
  failAt: number | undefined;
  /** The most runs of an occurrence. */
  atMost: number | undefined;
  readonly #deployment: Deployment;
  readonly #name: string;

  constructor(deployment: Deployment, name: string) {
    this.#deployment = deployment;
    this.#name = name;
  }

  /** Begins an occurrence, as the message of a schedule does. */
  async start(occurrence: string): Promise<void> {
    await handleMessage({ version: 1, kind: 'start', trigger: this.#name, occurrence }, this.dependencies());
  }

  /** Takes some steps of the occurrence that is at work. @returns whether it still is */
  async takeSteps(count: number): Promise<boolean> {
    for (let taken = 0; taken < count; taken += 1) {
      const cursor = await this.#cursor();
      if (cursor?.isAtWork !== true) {
        return false;
      }
      const { occurrence, version: step } = cursor;
      await handleMessage(
        { version: 1, kind: 'step', trigger: this.#name, occurrence, step },
        this.dependencies(),
      );
    }
    return true;
  }

  async finish(): Promise<void> {
    while (await this.takeSteps(1)) {
      // It is at work.
    }
  }

  /** Lets the step wait, as after an answer that may pass. */
  async trouble(waitsFor: string, waitMs: number): Promise<void> {
    const { cursors } = this.dependencies();
    const { occurrence = '' } = (await this.#cursor()) ?? {};
    const lease = { trigger: this.#name, occurrence, owner: 'test' };
    await cursors.take(lease, Date.now(), Date.now() + 60_000);
    await cursors.wait(lease, { dueAtMs: Date.now() + waitMs, failures: 1, waitsFor });
  }

  /** Works off the queue until it is ended, the steps of each occurrence too unless it is told otherwise. */
  work({ steps = Number.POSITIVE_INFINITY }: { readonly steps?: number } = {}): { end(): Promise<void> } {
    let isOver = false;
    const worked = (async () => {
      while (!isOver) {
        await this.#handleNext(steps > 0);
        await sleep(20);
      }
    })();
    return {
      end: async () => {
        isOver = true;
        await worked;
      },
    };
  }

  async #handleNext(takesSteps: boolean): Promise<void> {
    const { sqs, pulls } = this.#deployment;
    const QueueUrl = pulls?.queueUrl;
    const { Messages = [] } = await sqs.send(
      new ReceiveMessageCommand({ QueueUrl, MaxNumberOfMessages: 10 }),
    );
    for (const { Body = '', ReceiptHandle } of Messages) {
      const message = parsePullMessage(Body);
      if (message.kind === 'start' || takesSteps) {
        await handleMessage(message, this.dependencies());
        await sqs.send(new DeleteMessageCommand({ QueueUrl, ReceiptHandle }));
      }
    }
  }

  async #cursor(): Promise<PullCursor | undefined> {
    return (await this.dependencies().cursors.read([this.#name])).get(this.#name);
  }

  dependencies(): PullDependencies {
    const { dynamodb, sqs, tableName, runQueueUrl, pulls } = this.#deployment;
    // Nobody subscribes to the results here.
    const sns = { send: () => Promise.resolve({}) } as unknown as SNSClient;
    return createPuller({
      settings: { runDeadlineMs: 86_400_000, pullDeadlineMs: 86_400_000, stepMs: 600_000 },
      triggers: [this.#trigger()],
      clients: { dynamodb, sqs, sns },
      resultsTopicArn: 'results',
      tableName,
      queueUrls: { pulls: pulls?.queueUrl ?? '', bulk: runQueueUrl },
      systems: {},
      openFile: () => Promise.reject(new Error('It opens no file')),
      report: () => undefined,
      onCall: () => undefined,
      onTrouble: (what, error) => {
        throw new Error(what, { cause: error });
      },
    });
  }

  #trigger(): Trigger {
    const from = definePull({
      kind: 'pages',
      source: 'segment',
      operations: [],
      start: { page: 1 },
      step: ({ page }) => {
        if (page === this.failAt) {
          throw new Error('no such page');
        }
        return {
          events: [{ item: `${page}`, event: 'Page Pulled', properties: { page } }],
          next: page === pages ? undefined : { page: page + 1 },
        };
      },
    });
    const atMost = this.atMost === undefined ? {} : { atMost: { runs: this.atMost } };
    return trigger(
      { name: this.#name, from, every: '7d', ...atMost },
      askMave(() => ({ message: 'Why?' })),
    );
  }
}
