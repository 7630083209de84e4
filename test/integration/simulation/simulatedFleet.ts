import { setImmediate } from 'node:timers/promises';
import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import type { SNSClient } from '@aws-sdk/client-sns';
import { parkedIndex } from '../../../functions/ledger/parkedIndex.ts';
import { runsByDay } from '../../../functions/ledger/runsByDay.ts';
import { parseRunMessage } from '../../../functions/queue/runMessage.ts';
import { type HandledDelivery, handleDelivery } from '../../../functions/run/handleDelivery.ts';
import { SharedClock } from '../../../functions/run/sharedClock.ts';
import { SimulatedDynamo } from '../../../simulators/aws/dynamodb/simulatedDynamo.ts';
import { SimulatedTable } from '../../../simulators/aws/dynamodb/simulatedTable.ts';
import { seededRandom } from '../../../simulators/mavera/seededRandom.ts';
import { type MaveraSimulator, startMaveraSimulator } from '../../../simulators/mavera/simulator.ts';
import { knowUsage, type RunnerOptions, runnerOn } from '../runnerWorld.ts';
import { SimulatedQueue } from './simulatedQueue.ts';
import { VirtualClock } from './virtualClock.ts';

/** What a simulated fleet of runners is made of. */
export interface FleetOptions extends Pick<RunnerOptions, 'triggers' | 'overallBudget'> {
  readonly environments: number;
  readonly requestsPerMinute: number;
  readonly startMs: number;
  readonly monthlyCredits?: number;
  /** How long Mavera takes. @default 300 */
  readonly callMs?: number;
  /** How far the environments' clocks are apart. @default 0 */
  readonly clockSkewMs?: number;
  /** The longest that a message takes from the queue to an environment. @default 50 */
  readonly deliveryMs?: number;
  /** Share of deliveries whose environment dies, at a random moment; at most four deliveries of a run. @default 0 */
  readonly crashes?: number;
  readonly seed?: number;
}

/**
 * Runners on simulated time: the real code, the ledger on the simulated DynamoDB, the simulated Mavera. That this DynamoDB
 * answers as the emulator does has its own test.
 */
export interface Fleet {
  readonly clock: VirtualClock;
  readonly queue: SimulatedQueue;
  readonly mavera: MaveraSimulator;
  readonly dynamodb: DynamoDBClient;
  readonly reports: readonly HandledDelivery[];
  /** Works off the queue until it is empty, or until a moment. */
  work(untilMs: number): Promise<void>;
  /** An item of the ledger. */
  item(pk: string): Readonly<Record<string, unknown>> | undefined;
  stop(): Promise<void>;
}

/** A published result is of no interest here. */
const silentTopic = { send: async () => ({}) } as unknown as SNSClient;
/** As the stack has it, for an invocation. */
const invocationMs = 170_000;
const redeliverAfterMs = 180_000;
/** The fifth death of a run would dead-letter it as `crashed`: with hundreds of runs, chance would do that to some. */
const mostDeaths = 4;

/** Starts Mavera, and puts runners together whose clocks are apart. */
export async function startFleet(options: FleetOptions): Promise<Fleet> {
  const { environments, clockSkewMs = 0, callMs = 300, requestsPerMinute, seed = 1 } = options;
  const random = seededRandom(seed);
  const clock = new VirtualClock(options.startMs);
  const queue = new SimulatedQueue(clock, random);
  const table = new SimulatedTable([runsByDay, parkedIndex], () => 0);
  const dynamodb = ledgerClient(table, clock, seededRandom(seed + 1));
  const mavera = await startMaveraSimulator({
    requestsPerMinute,
    monthlyCredits: options.monthlyCredits ?? 100_000_000,
    latency: callMs,
    now: clock.now,
    sleep: (ms) => clock.sleep(ms),
  });
  const reports: HandledDelivery[] = [];
  const deaths = new Map<string, number>();
  const workers = Array.from({ length: environments }, (_none, index) => {
    const skewMs = environments === 1 ? 0 : clockSkewMs * (index / (environments - 1) - 0.5);
    const parts = { options, clock, queue, dynamodb, mavera, random, reports, deaths };
    return new SimulatedEnvironment(skewMs, parts);
  });
  return {
    clock,
    queue,
    mavera,
    dynamodb,
    reports,
    work: async (untilMs) => {
      await clock.runAll(workers.map((worker) => () => worker.work(untilMs)));
    },
    item: (pk) => {
      const found = table.item(pk);
      return found === undefined
        ? undefined
        : Object.fromEntries(
            Object.entries(found).map(([name, value]) => [name, value.S ?? Number(value.N)]),
          );
    },
    stop: () => mavera.stop(),
  };
}

/** A ledger whose calls take no simulated time, but come to the table in any order, as calls over a network do. */
function ledgerClient(table: SimulatedTable, { now }: VirtualClock, random: () => number): DynamoDBClient {
  const takeTurns = async (): Promise<void> => {
    for (let turns = Math.floor(random() * 4); turns > 0; turns -= 1) {
      await setImmediate();
    }
  };
  const sleep = async (): Promise<void> => {
    await setImmediate();
    await takeTurns();
  };
  return new SimulatedDynamo(table, { now, sleep, random }).client(
    () => 'runner',
    async (work) => {
      await takeTurns();
      const result = await work();
      await takeTurns();
      return result;
    },
  );
}

interface FleetParts {
  readonly options: FleetOptions;
  readonly clock: VirtualClock;
  readonly queue: SimulatedQueue;
  readonly dynamodb: DynamoDBClient;
  readonly mavera: MaveraSimulator;
  readonly random: () => number;
  readonly reports: HandledDelivery[];
  /** By run id: how many of its deliveries have died. */
  readonly deaths: Map<string, number>;
}

/** An environment that has died: nothing that it does has an effect any more. */
class CrashError extends Error {}

class SimulatedEnvironment {
  readonly #parts: FleetParts;
  readonly #sharedClock: SharedClock;

  constructor(skewMs: number, parts: FleetParts) {
    this.#parts = parts;
    this.#sharedClock = new SharedClock(() => parts.clock.now() + skewMs);
  }

  async work(untilMs: number): Promise<void> {
    const { clock, queue } = this.#parts;
    while (clock.now() < untilMs) {
      const message = queue.receive();
      if (message === undefined) {
        if (queue.depth === 0) {
          return;
        }
        // What is in flight may come back as well.
        const nextMs = queue.nextVisibleAtMs() ?? clock.now() + 1_000;
        await clock.sleepUntil(Math.min(Math.max(nextMs, clock.now() + 1), clock.now() + 1_000, untilMs));
        continue;
      }
      await this.#deliver(message);
    }
  }

  async #deliver(message: NonNullable<ReturnType<SimulatedQueue['receive']>>): Promise<void> {
    const { clock, queue, random, options, reports, deaths } = this.#parts;
    const receivedAtMs = clock.now();
    await clock.sleep(random() * (options.deliveryMs ?? 50));
    if (message.receiveCount === 1) {
      this.#sharedClock.learn(receivedAtMs);
    }
    const { body, receiveCount } = message;
    const { runId } = parseRunMessage(body);
    const died = deaths.get(runId) ?? 0;
    try {
      const dependencies = this.#dependencies(died < mostDeaths);
      reports.push(await handleDelivery({ body, receiveCount, remainingMs: invocationMs }, dependencies));
      queue.settle(message);
    } catch (error) {
      if (!(error instanceof CrashError)) {
        throw error;
      }
      deaths.set(runId, died + 1);
      queue.settle(message, redeliverAfterMs);
    }
  }

  #dependencies(mayDie: boolean): ReturnType<typeof runnerOn> {
    const { options, clock, queue, dynamodb, mavera, random } = this.#parts;
    const clients = { dynamodb, sqs: queue.client, sns: silentTopic };
    const real = runnerOn(
      { clients },
      {
        triggers: options.triggers,
        table: 'ledger',
        maveraBaseUrl: mavera.baseUrl,
        runQueueUrl: 'runs',
        deadLetterQueueUrl: 'dead-letters',
        topicArn: 'results',
        settings: {
          requestsPerMinute: options.requestsPerMinute,
          maveraTimeoutMs: 150_000,
          runRetentionMs: 30 * 86_400_000,
          maxAttempts: 8,
        },
        ...(options.overallBudget === undefined ? {} : { overallBudget: options.overallBudget }),
        callTimeoutMs: 60_000,
        now: this.#sharedClock.now,
        sleep: clock.sleep,
        random,
      },
    );
    return mayDie && random() < (options.crashes ?? 0) ? crashing(real, Math.floor(random() * 8)) : real;
  }
}

/** Dies at one of its first writes to the ledger or the queue: before it, or right after it. */
function crashing(real: ReturnType<typeof runnerOn>, atStep: number): ReturnType<typeof runnerOn> {
  let steps = 0;
  let isDead = false;
  const guarded = <Part extends object>(part: Part): Part =>
    new Proxy(part, {
      get(target, name) {
        const value: unknown = Reflect.get(target, name, target);
        if (typeof value !== 'function') {
          return value;
        }
        if (name === 'events' || name === 'refusalOf') {
          // Of collections, which reads piece by piece; of the gate, which calls nothing.
          return value.bind(target);
        }
        return async (...inputs: unknown[]): Promise<unknown> => {
          steps += 1;
          if (isDead || (steps > atStep && steps % 2 === 0)) {
            isDead = true;
            throw new CrashError();
          }
          const result: unknown = await Reflect.apply(value, target, inputs);
          if (steps > atStep) {
            isDead = true;
            throw new CrashError();
          }
          return result;
        };
      },
    });
  return {
    ...real,
    runs: guarded(real.runs),
    queues: guarded(real.queues),
    caps: guarded(real.caps),
    keptIds: guarded(real.keptIds),
    collections: guarded(real.collections),
    results: guarded(real.results),
    gate: guarded(real.gate),
  };
}

/** Notes in the ledger that the usage was read a moment ago, so that no run of the test reads it. */
export async function usageIsKnown({ clock, queue, dynamodb, mavera }: Fleet): Promise<void> {
  const clients = { dynamodb, sqs: queue.client, sns: silentTopic };
  const settings = {
    table: 'ledger',
    maveraBaseUrl: mavera.baseUrl,
    runQueueUrl: '',
    deadLetterQueueUrl: '',
    topicArn: '',
  };
  await knowUsage(runnerOn({ clients }, { triggers: [], ...settings, now: clock.now }));
}
