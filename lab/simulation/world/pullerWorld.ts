import type { SNSClient } from '@aws-sdk/client-sns';
import { createPuller } from '../../../functions/pull/createPuller.ts';
import { handlePullDelivery } from '../../../functions/pull/handleDelivery.ts';
import type { PullDependencies, PullReport } from '../../../functions/pull/pullDependencies.ts';
import { writePullMessage } from '../../../functions/pull/pullMessage.ts';
import { CachedSecret } from '../../../functions/secrets/cachedSecret.ts';
import type { Trigger } from '../../../functions/triggers/trigger.ts';
import { SimulatedDynamo } from '../../../simulators/aws/dynamodb/simulatedDynamo.ts';
import { SimulatedTable } from '../../../simulators/aws/dynamodb/simulatedTable.ts';
import { SimulatedQueue } from '../../../simulators/aws/sqs/simulatedQueue.ts';
import { simulatedSqs } from '../../../simulators/aws/sqs/simulatedSqs.ts';
import { seededRandom } from '../../../simulators/mavera/seededRandom.ts';
import type { SimulatedTime } from '../../../simulators/time/simulatedTime.ts';
import type { Environment } from '../lambda/environment.ts';
import { EventSourceMapping } from '../lambda/eventSourceMapping.ts';
import { SimulatedFunction } from '../lambda/simulatedFunction.ts';
import type { SimulatedSegment } from '../segment/simulatedSegment.ts';

export interface PullerWorldOptions {
  readonly triggers: readonly Trigger[];
  readonly time: SimulatedTime;
  readonly segment: SimulatedSegment;
  readonly seed: number;
  /** Share of invocations that die. */
  readonly deaths: number;
  /** Share of messages that come twice. */
  readonly twice: number;
}

/** As the stack sets them. */
const timeoutMs = 900_000;
const stepMs = 840_000;
const visibilityTimeoutMs = 960_000;
const maxReceives = 8;
const maximumConcurrency = 5;
const callsBeforeDeath = 30;
const clockSkewMs = 250;
const dayMs = 86_400_000;

/** The puller of a deployment in memory, on simulated time: its queue, its ledger, and the real code. */
export class PullerWorld {
  readonly reports: PullReport[] = [];
  readonly pulls: SimulatedQueue;
  readonly runs: SimulatedQueue;
  readonly puller: SimulatedFunction<PullDependencies>;

  constructor(options: PullerWorldOptions) {
    const { time, seed, deaths, twice } = options;
    const random = seededRandom(seed);
    const dynamo = new SimulatedDynamo(new SimulatedTable([], () => 0), {
      now: time.now,
      sleep: time.sleep,
      random,
    });
    const queue = { visibilityTimeoutMs, maxReceiveCount: maxReceives, twice, late: 0.01, lateByMs: 3_000 };
    this.pulls = new SimulatedQueue({ ...queue, name: 'pulls' }, time, random);
    this.runs = new SimulatedQueue({ ...queue, name: 'bulk' }, time, random);
    this.puller = new SimulatedFunction({
      time,
      random,
      timeoutMs,
      deaths,
      callsBeforeDeath,
      clockSkewMs,
      load: (environment) => this.#load(options, dynamo, environment, random),
    });
    new EventSourceMapping({
      queue: this.pulls,
      batchSize: 1,
      maximumConcurrency,
      time,
      random,
      invoke: async (messages) => {
        for (const { body, receiveCount } of messages) {
          await this.puller.invoke((dependencies) =>
            handlePullDelivery({ body, receiveCount, maxReceives }, dependencies),
          );
        }
        return new Set();
      },
    });
  }

  /** Sends what the schedule of a pull sends. */
  start(trigger: string, occurrence: string): void {
    const body = writePullMessage({ version: 1, kind: 'start', trigger, occurrence });
    this.pulls.send({ body, group: trigger, delayMs: 0 });
  }

  #load(
    { triggers, segment }: PullerWorldOptions,
    dynamo: SimulatedDynamo,
    environment: Environment,
    random: () => number,
  ): PullDependencies {
    const secretOf = <Value>(value: Value): CachedSecret<Value> =>
      new CachedSecret({
        fetch: () => environment.carry(() => value),
        now: environment.now,
        onTrouble: () => undefined,
        maxAgeMs: 300_000,
        earlyRefreshEveryMs: 60_000,
        retryEveryMs: 10_000,
      });
    const baseUrl = 'http://segment.simulated';
    const spaces = new Map(['spa_1', 'spa_2'].map((space) => [space, ['token']]));
    return createPuller({
      settings: { runDeadlineMs: 4 * dayMs, pullDeadlineMs: dayMs, stepMs },
      triggers,
      clients: {
        dynamodb: dynamo.client(() => 'puller', environment.carry),
        sqs: simulatedSqs(
          new Map([
            ['pulls', this.pulls],
            ['bulk', this.runs],
          ]),
          environment.carry,
        ),
        sns: { send: () => environment.carry(() => ({})) } as unknown as SNSClient,
      },
      tableName: 'ledger',
      queueUrls: { pulls: 'pulls', bulk: 'bulk' },
      resultsTopicArn: 'results',
      systems: {
        segment: { baseUrl, secret: secretOf({ token: ['token'] }) },
        segmentProfiles: { baseUrl, secret: secretOf({ accessTokens: spaces }), requestsPerSecond: 20 },
      },
      openFile: () => Promise.reject(new Error('There are no files here')),
      report: (report) => this.reports.push(report),
      onCall: () => undefined,
      onTrouble: () => undefined,
      now: environment.now,
      random,
      sleep: environment.sleep,
      systemClient: (client) => segment.client(client, environment),
    });
  }
}
