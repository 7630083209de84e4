import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import type { SNSClient } from '@aws-sdk/client-sns';
import { SendMessageBatchCommand, SendMessageCommand, type SQSClient } from '@aws-sdk/client-sqs';
import { LedgerTable } from '../../../functions/ledger/ledgerTable.ts';
import { createPuller } from '../../../functions/pull/createPuller.ts';
import { handlePullDelivery } from '../../../functions/pull/handleDelivery.ts';
import type { PullDependencies } from '../../../functions/pull/pullDependencies.ts';
import { writePullMessage } from '../../../functions/pull/pullMessage.ts';
import { createRunner } from '../../../functions/run/createRunner.ts';
import { type HandledDelivery, handleDelivery } from '../../../functions/run/handleDelivery.ts';
import type { RunnerDependencies } from '../../../functions/run/runDependencies.ts';
import { CachedSecret } from '../../../functions/secrets/cachedSecret.ts';
import type { Trigger } from '../../../functions/triggers/trigger.ts';
import { SimulatedMavera } from '../../../lab/simulation/mavera/simulatedMavera.ts';
import { SimulatedDynamo } from '../../../simulators/aws/dynamodb/simulatedDynamo.ts';
import { SimulatedTable } from '../../../simulators/aws/dynamodb/simulatedTable.ts';
import type { SimulatedTime } from '../../../simulators/time/simulatedTime.ts';

export const startMs = Date.parse('2026-11-20T12:00:00Z');
const dayMs = 86_400_000;
/** SQS gives a message of a crashed delivery again after this. */
const visibilityTimeoutMs = 16 * 60_000;
const mostDeliveries = 2_000;

/** A crash of a function at one of its calls to AWS: before it is carried out, or after. */
export interface Crash {
  readonly atCall: number;
  readonly when: 'before' | 'after';
}

/** A message that waits in a queue. */
export interface WaitingMessage {
  readonly queue: string;
  readonly body: string;
  readonly dueAtMs: number;
  readonly receiveCount: number;
}

class CrashedError extends Error {}

/**
 * The puller and the runner on one simulated ledger, with queues and Mavera in memory. Time goes on only where something
 * waits.
 */
export class ChainWorld {
  nowMs = startMs;
  readonly waiting: WaitingMessage[] = [];
  readonly deadLetters: string[] = [];
  readonly handled: HandledDelivery[] = [];
  readonly mavera: SimulatedMavera;
  readonly ledger: LedgerTable;
  crash: Crash | undefined;
  /** Calls to AWS so far. */
  awsCalls = 0;
  #puller: PullDependencies;
  #runner: RunnerDependencies;
  readonly #dynamo: SimulatedDynamo;
  #isDelivering = false;
  /** After a crash nothing is called any more. */
  #isDead = false;

  constructor(triggers: readonly Trigger[]) {
    this.#dynamo = new SimulatedDynamo(new SimulatedTable([], () => 0), {
      now: () => this.nowMs,
      sleep: () => Promise.resolve(),
      random: () => 0.5,
    });
    const time = { now: () => this.nowMs, sleep: (ms: number) => this.#sleep(ms) };
    this.mavera = new SimulatedMavera({
      time: time as unknown as SimulatedTime,
      random: () => 0.5,
      lost: 0,
      requestsPerMinute: 6_000,
      monthlyCredits: 10_000_000,
      maveConcurrency: 10,
      focusGroupConcurrency: 5,
      focusGroupMs: 1_000,
      latency: 0,
      seed: 1,
    });
    this.ledger = new LedgerTable(
      this.#dynamo.client(
        () => 'test',
        async (work) => await work(),
      ),
      'ledger',
    );
    this.#puller = this.#loadPuller(triggers);
    this.#runner = this.#loadRunner(triggers);
  }

  /** As a deployment does. */
  deploy(triggers: readonly Trigger[]): void {
    this.#puller = this.#loadPuller(triggers);
    this.#runner = this.#loadRunner(triggers);
  }

  get runner(): RunnerDependencies {
    return this.#runner;
  }

  /** Starts an occurrence of a pull, and works off all that follows from it. */
  async pull(trigger: string, occurrence: string): Promise<void> {
    this.start(trigger, occurrence);
    await this.finish();
  }

  /** Puts the message of a schedule into the puller's queue. */
  start(trigger: string, occurrence: string): void {
    this.send('pulls', writePullMessage({ version: 1, kind: 'start', trigger, occurrence }));
  }

  send(queue: string, body: string, delayMs = 0): void {
    this.waiting.push({ queue, body, dueAtMs: this.nowMs + delayMs, receiveCount: 0 });
  }

  /** Delivers what is in the queues, in the order in which it is due, until nothing is left. */
  async finish(untilMs = Number.POSITIVE_INFINITY): Promise<void> {
    for (let deliveries = 0; ; deliveries += 1) {
      const [first] = this.waiting.toSorted((one, other) => one.dueAtMs - other.dueAtMs);
      if (first === undefined || first.dueAtMs > untilMs) {
        return;
      }
      if (deliveries === mostDeliveries) {
        throw new Error('The chain comes to no end');
      }
      this.waiting.splice(this.waiting.indexOf(first), 1);
      this.nowMs = Math.max(this.nowMs, first.dueAtMs);
      await this.#deliver({ ...first, receiveCount: first.receiveCount + 1 });
    }
  }

  async #deliver(message: WaitingMessage): Promise<void> {
    const { queue, body, receiveCount } = message;
    this.#isDelivering = true;
    this.#isDead = false;
    try {
      if (queue === 'pulls') {
        await handlePullDelivery({ body, receiveCount, maxReceives: 8 }, this.#puller);
      } else {
        const delivery = { body, door: 'intake', receiveCount, remainingMs: 120_000 } as const;
        this.handled.push(await handleDelivery(delivery, this.#runner));
      }
    } catch (error) {
      if (!this.#isDead) {
        throw error;
      }
      this.waiting.push({ ...message, dueAtMs: this.nowMs + visibilityTimeoutMs });
    } finally {
      this.#isDelivering = false;
      this.#isDead = false;
    }
  }

  #loadPuller(triggers: readonly Trigger[]): PullDependencies {
    return createPuller({
      settings: { runDeadlineMs: 4 * dayMs, pullDeadlineMs: dayMs, stepMs: 600_000 },
      triggers,
      clients: this.#clients(),
      tableName: 'ledger',
      queueUrls: { pulls: 'pulls', bulk: 'bulk' },
      resultsTopicArn: 'results',
      systems: {},
      openFile: () => Promise.reject(new Error('There are no files here')),
      report: () => undefined,
      onCall: () => undefined,
      onTrouble: this.#onTrouble,
      now: () => this.nowMs,
      random: () => 0.5,
      sleep: (ms) => this.#sleep(ms),
    });
  }

  #loadRunner(triggers: readonly Trigger[]): RunnerDependencies {
    const clients = this.#clients();
    const environment = { now: () => this.nowMs, sleep: (ms: number) => this.#sleep(ms) };
    return createRunner({
      settings: {
        maxAttempts: 8,
        runRetentionMs: 30 * dayMs,
        runDeadlineMs: 4 * dayMs,
        requestsPerMinute: 6_000,
        maveraTimeoutMs: 60_000,
      },
      triggers,
      ...clients,
      tableName: 'ledger',
      queueUrls: { intake: 'intake', bulk: 'bulk', ready: 'ready', deadLetters: 'dead-letters' },
      resultsTopicArn: 'results',
      maveraBaseUrl: '',
      maveraSecret: new CachedSecret({
        fetch: () => Promise.resolve({ apiKey: 'mvra_live_0123456789abcdef0123456789abcdef' }),
        now: () => this.nowMs,
        onTrouble: () => undefined,
        maxAgeMs: 300_000,
        earlyRefreshEveryMs: 60_000,
        retryEveryMs: 10_000,
      }),
      systems: { segmentTracking: { baseUrl: '' } },
      onCall: () => undefined,
      systemClient: () => this.mavera.client(environment as never),
      now: () => this.nowMs,
      random: () => 0,
      sleep: (ms) => this.#sleep(ms),
      onTrouble: this.#onTrouble,
    });
  }

  #clients(): { readonly dynamodb: DynamoDBClient; readonly sqs: SQSClient; readonly sns: SNSClient } {
    return {
      sns: { send: () => this.#carry(() => ({})) } as unknown as SNSClient,
      dynamodb: this.#dynamo.client(
        () => 'function',
        (work) => this.#carry(work),
      ),
      sqs: { send: (command: unknown) => this.#carry(() => this.#take(command)) } as unknown as SQSClient,
    };
  }

  readonly #onTrouble = (what: string, error: unknown): void => {
    if (!this.#isDead) {
      throw new Error(what, { cause: error });
    }
  };

  #sleep(ms: number): Promise<void> {
    this.nowMs += ms;
    return Promise.resolve();
  }

  async #carry<Result>(work: () => Result | Promise<Result>): Promise<Result> {
    if (!this.#isDelivering) {
      return await work();
    }
    if (this.#isDead) {
      throw new CrashedError();
    }
    this.awsCalls += 1;
    const isCrash = this.awsCalls === this.crash?.atCall;
    if (isCrash && this.crash?.when === 'before') {
      this.#isDead = true;
      throw new CrashedError();
    }
    const result = await work();
    if (isCrash) {
      this.#isDead = true;
      throw new CrashedError();
    }
    return result;
  }

  #take(command: unknown): unknown {
    if (command instanceof SendMessageCommand) {
      this.#enqueue(command.input.QueueUrl, command.input);
      return { MessageId: 'm' };
    }
    if (command instanceof SendMessageBatchCommand) {
      const { QueueUrl, Entries = [] } = command.input;
      for (const entry of Entries) {
        this.#enqueue(QueueUrl, entry);
      }
      return { Successful: Entries.map(({ Id }) => ({ Id })) };
    }
    throw new TypeError('These queues know no other command');
  }

  #enqueue(
    queue = '',
    {
      MessageBody = '',
      DelaySeconds = 0,
    }: { MessageBody?: string | undefined; DelaySeconds?: number | undefined },
  ): void {
    if (queue === 'dead-letters') {
      this.deadLetters.push(MessageBody);
    } else {
      this.send(queue, MessageBody, DelaySeconds * 1_000);
    }
  }
}
