import { dispatch } from '../../../functions/dispatch/dispatch.ts';
import type { DispatcherDependencies } from '../../../functions/dispatch/dispatcherDependencies.ts';
import { LedgerTable } from '../../../functions/ledger/ledgerTable.ts';
import { parkedIndex } from '../../../functions/ledger/parkedIndex.ts';
import { runsByDay } from '../../../functions/ledger/runsByDay.ts';
import { type RunMessage, writeRunMessage } from '../../../functions/queue/runMessage.ts';
import { RunQueue } from '../../../functions/queue/runQueue.ts';
import type { Door } from '../../../functions/run/runDependencies.ts';
import { admissionConcurrency } from '../../../infra/settings/runnerConcurrency.ts';
import { SimulatedDynamo } from '../../../simulators/aws/dynamodb/simulatedDynamo.ts';
import { SimulatedTable } from '../../../simulators/aws/dynamodb/simulatedTable.ts';
import { SimulatedQueue } from '../../../simulators/aws/sqs/simulatedQueue.ts';
import { simulatedSqs } from '../../../simulators/aws/sqs/simulatedSqs.ts';
import { seededRandom } from '../../../simulators/mavera/seededRandom.ts';
import { SimulatedTime } from '../../../simulators/time/simulatedTime.ts';
import { Environment } from '../lambda/environment.ts';
import { EventSourceMapping } from '../lambda/eventSourceMapping.ts';
import { startSchedule } from '../lambda/schedule.ts';
import { SimulatedFunction } from '../lambda/simulatedFunction.ts';
import { SimulatedMavera } from '../mavera/simulatedMavera.ts';
import { Evidence } from './evidence.ts';
import { handleBatch } from './handleBatch.ts';
import {
  type LoadedRunner,
  loadDispatcher,
  loadRunner,
  queueUrls,
  type Surroundings,
  tableName,
} from './loadFunctions.ts';
import { startMs, type WorldOptions } from './worldOptions.ts';

const runnerTimeoutMs = 150_000;
const dispatcherTimeoutMs = 60_000;
/** Calls of one invocation, roughly. */
const runnerCalls = 14;
const dispatcherCalls = 200;
/** As the stack sets them by default. A message that wakes the dispatcher is gone before it could come again. */
const visibilityTimeoutMs = 17 * 60_000;
const maxReceiveCount = 100;
const admissionBatch = 10;
const lateByMs = 3_000;
const clockSkewMs = 250;
const longestIndexLagMs = 1_000;

/** A whole deployment in memory, on simulated time: the real receiver's queueing, runner and dispatcher. */
export class SimulatedWorld {
  readonly options: WorldOptions;
  readonly time = new SimulatedTime(startMs);
  readonly evidence = new Evidence();
  readonly dynamo: SimulatedDynamo;
  readonly mavera: SimulatedMavera;
  readonly queues: ReadonlyMap<string, SimulatedQueue>;
  readonly runner: SimulatedFunction<LoadedRunner>;
  readonly dispatcher: SimulatedFunction<DispatcherDependencies>;
  /** The ledger as operators have it: its calls take no time and are not billed. */
  readonly ledger: LedgerTable;
  readonly random: () => number;
  readonly #receivers: readonly RunQueue[];

  constructor(options: WorldOptions) {
    this.options = options;
    const { troubles, seed } = options;
    const random = seededRandom(seed);
    this.random = random;
    const { time, evidence } = this;
    const table = new SimulatedTable([runsByDay, parkedIndex], () => random() * longestIndexLagMs);
    this.dynamo = new SimulatedDynamo(table, { now: time.now, sleep: time.sleep, random });
    this.ledger = new LedgerTable(
      this.dynamo.client(
        () => 'operator',
        async (work) => await work(),
      ),
      tableName,
    );
    this.mavera = new SimulatedMavera({
      time,
      random,
      requestsPerMinute: options.requestsPerMinute,
      monthlyCredits: options.monthlyCredits ?? 1_000_000_000,
      maveConcurrency: 10,
      focusGroupConcurrency: 5,
      focusGroupMs: options.focusGroupMs ?? 60_000,
      latency: options.latency,
      seed,
      lost: troubles.lostAnswers,
      down: options.down,
    });
    this.queues = new Map(Object.values(queueUrls).map((name) => [name, this.#newQueue(name)]));
    const { dynamo, mavera, queues } = this;
    const surroundings: Surroundings = { options, dynamo, mavera, queues, evidence, random };
    const common = { time, random, clockSkewMs };
    this.runner = new SimulatedFunction({
      ...common,
      timeoutMs: runnerTimeoutMs,
      deaths: troubles.runnerDeaths,
      callsBeforeDeath: runnerCalls,
      load: (environment) => loadRunner(surroundings, environment),
    });
    this.dispatcher = new SimulatedFunction({
      ...common,
      timeoutMs: dispatcherTimeoutMs,
      deaths: troubles.dispatcherDeaths,
      callsBeforeDeath: dispatcherCalls,
      load: (environment) => loadDispatcher(surroundings, environment),
    });
    this.#receivers = Array.from({ length: options.receivers ?? 2 }, () => this.#newReceiver());
    this.#connect();
  }

  queue(name: keyof typeof queueUrls): SimulatedQueue {
    const queue = this.queues.get(queueUrls[name]);
    if (queue === undefined) {
      throw new RangeError(`There is no queue ${name}`);
    }
    return queue;
  }

  /** New runs that one request of Segment brings: the receiver queues them. */
  async arrive(runs: readonly RunMessage[]): Promise<void> {
    const receiver = this.#receivers[Math.floor(this.random() * this.#receivers.length)];
    const messages = runs.map((run) => ({
      id: run.runId,
      kind: 'run' as const,
      body: writeRunMessage(run),
      trigger: run.trigger,
    }));
    const sending = await receiver?.send(messages, this.time.now(), new AbortController().signal);
    if (sending?.unsentIds.size !== 0) {
      throw new Error('The simulated queues took not all messages');
    }
  }

  #newQueue(name: string): SimulatedQueue {
    const { twice, late } = this.options.troubles;
    const receives = name === queueUrls.dispatch ? 1 : maxReceiveCount;
    const options = { name, visibilityTimeoutMs, maxReceiveCount: receives, twice, late, lateByMs };
    return new SimulatedQueue(options, this.time, this.random);
  }

  #newReceiver(): RunQueue {
    const environment = new Environment(this.time, this.random, 0);
    const sqs = simulatedSqs(this.queues, environment.carry);
    return new RunQueue(sqs, queueUrls, (error) => this.evidence.trouble('a queue failed', error));
  }

  #connect(): void {
    const { time, random, options } = this;
    this.#map('intake', 'intake', admissionBatch, admissionConcurrency);
    this.#map('bulk', 'intake', admissionBatch, admissionConcurrency);
    this.#map('ready', 'ready', 1, options.readyConcurrency);
    new EventSourceMapping({
      queue: this.queue('dispatch'),
      batchSize: 1,
      maximumConcurrency: 2,
      time,
      random,
      invoke: async () => {
        await this.#dispatch();
        return new Set();
      },
    });
    startSchedule({
      time,
      random,
      skipped: options.troubles.scheduleSkipped,
      twice: options.troubles.scheduleTwice,
      // Nothing tries again what the schedule has started.
      fire: () => void this.#dispatch().catch(() => undefined),
    });
  }

  #map(name: keyof typeof queueUrls, door: Door, batchSize: number, maximumConcurrency: number): void {
    const { time, random, evidence, runner } = this;
    new EventSourceMapping({
      queue: this.queue(name),
      batchSize,
      maximumConcurrency,
      time,
      random,
      invoke: (messages) =>
        runner.invoke((code, remainingMs) => handleBatch(messages, door, code, remainingMs, evidence)),
    });
  }

  async #dispatch(): Promise<void> {
    await this.dispatcher.invoke(async (dependencies) => {
      const { kind } = await dispatch(dependencies);
      this.evidence.passes += kind === 'done' ? 1 : 0;
    });
  }
}
