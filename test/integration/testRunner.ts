import { setTimeout as sleep } from 'node:timers/promises';
import { CreateTopicCommand, SubscribeCommand } from '@aws-sdk/client-sns';
import { GetQueueAttributesCommand, type Message } from '@aws-sdk/client-sqs';
import { expect } from 'vitest';
import { parseRunMessage, type RunMessage, writeRunMessage } from '../../functions/queue/runMessage.ts';
import { type Delivery, type HandledDelivery, handleDelivery } from '../../functions/run/handleDelivery.ts';
import type { RunnerDependencies } from '../../functions/run/runDependencies.ts';
import type { Trigger } from '../../functions/triggers/trigger.ts';
import {
  type MaveraSimulator,
  type MaveraSimulatorOptions,
  startMaveraSimulator,
} from '../../simulators/mavera/simulator.ts';
import { knowUsage, newRun, type RunnerOptions, runnerOn } from './runnerWorld.ts';
import { drain, type World } from './world.ts';

/** One runner in real time, with queues, a ledger and a Mavera of its own. */
export interface TestRunner {
  /** May be replaced in part by a test. */
  dependencies: RunnerDependencies;
  readonly mavera: MaveraSimulator;
  readonly table: string;
  readonly runQueueUrl: string;
  /** Of the results topic. */
  readonly topicArn: string;
  runOf(trigger: string, more?: Partial<RunMessage>): RunMessage;
  deliver(
    run: RunMessage | string,
    receiveCount?: number,
    delivery?: Partial<Delivery>,
  ): Promise<HandledDelivery>;
  /** The message of the only run that waits, once its delay is over. */
  waitingRun(): Promise<RunMessage>;
  deadLetters(): Promise<
    readonly { body: string; reason: string; detail: string; endedAtMs: number | undefined }[]
  >;
  published(): Promise<readonly Record<string, unknown>[]>;
  itemOf(run: RunMessage): Promise<Record<string, unknown> | undefined>;
  stop(): Promise<void>;
}

/** Starts a runner on the world's emulators. */
export async function startTestRunner(
  world: World,
  triggers: readonly Trigger[],
  options: Partial<RunnerOptions> & { readonly simulator?: MaveraSimulatorOptions } = {},
): Promise<TestRunner> {
  const { sqs } = world.clients;
  const mavera = await startMaveraSimulator({
    requestsPerMinute: 100_000,
    monthlyCredits: 5_000,
    latency: 1,
    ...options.simulator,
  });
  const table = await world.newTable();
  const [runQueueUrl, deadLetterQueueUrl, resultsQueueUrl] = await Promise.all([
    world.newQueue(),
    world.newQueue(),
    world.newQueue(),
  ]);
  const topicArn = await newTopic(world, resultsQueueUrl);
  const dependencies = runnerOn(world, {
    triggers,
    table,
    maveraBaseUrl: mavera.baseUrl,
    runQueueUrl,
    deadLetterQueueUrl,
    topicArn,
    ...options,
  });
  await knowUsage(dependencies);
  const runner: TestRunner = {
    dependencies,
    mavera,
    table,
    runQueueUrl,
    topicArn,
    runOf: (trigger, more = {}) => newRun(trigger, runner.dependencies.now(), more),
    deliver: (run, receiveCount = 1, delivery = {}) => {
      const body = typeof run === 'string' ? run : writeRunMessage(run);
      return handleDelivery({ body, receiveCount, remainingMs: 30_000, ...delivery }, runner.dependencies);
    },
    waitingRun: async () => {
      const messages: Message[] = [];
      for (let tries = 0; tries < 100 && messages.length === 0; tries += 1) {
        messages.push(...(await drain(sqs, runQueueUrl)));
        await sleep(50);
      }
      expect(messages).toHaveLength(1);
      return parseRunMessage(messages[0]?.Body ?? '');
    },
    deadLetters: async () =>
      (await drain(sqs, deadLetterQueueUrl)).map(({ Body = '', MessageAttributes = {} }) => ({
        body: Body,
        reason: MessageAttributes.reason?.StringValue ?? '',
        detail: MessageAttributes.detail?.StringValue ?? '',
        endedAtMs: numberOf(MessageAttributes.endedAtMs?.StringValue),
      })),
    published: async () =>
      (await drain(sqs, resultsQueueUrl)).map(({ Body = '' }) => JSON.parse(Body) as Record<string, unknown>),
    itemOf: ({ runId }) => world.item(`run#${runId}`, table),
    stop: () => mavera.stop(),
  };
  return runner;
}

/** A topic that a queue subscribes to. */
export async function newTopic({ clients: { sns, sqs } }: World, queueUrl: string): Promise<string> {
  const name = queueUrl.split('/').at(-1) ?? '';
  const { TopicArn = '' } = await sns.send(new CreateTopicCommand({ Name: name }));
  const { Attributes } = await sqs.send(
    new GetQueueAttributesCommand({ QueueUrl: queueUrl, AttributeNames: ['QueueArn'] }),
  );
  const Endpoint = Attributes?.QueueArn;
  await sns.send(
    new SubscribeCommand({ TopicArn, Protocol: 'sqs', Endpoint, Attributes: { RawMessageDelivery: 'true' } }),
  );
  return TopicArn;
}

function numberOf(text: string | undefined): number | undefined {
  return text === undefined ? undefined : Number(text);
}
