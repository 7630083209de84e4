import type { CallRecord } from '../../functions/access/callRecord.ts';
import { dispatch } from '../../functions/dispatch/dispatch.ts';
import type { DispatcherDependencies } from '../../functions/dispatch/dispatcherDependencies.ts';
import { LedgerTable } from '../../functions/ledger/ledgerTable.ts';
import { approvalLane, notBeforeLane } from '../../functions/ledger/parkedIndex.ts';
import { runKey } from '../../functions/ledger/runLease.ts';
import { breakerKey, readBreaker, readSharedOfAll } from '../../functions/ledger/sharedState.ts';
import type { PullReport } from '../../functions/pull/pullDependencies.ts';
import { parseQueueMessage, type RunMessage } from '../../functions/queue/runMessage.ts';
import { receive } from '../../functions/receive/receive.ts';
import type { ReceiverDependencies } from '../../functions/receive/receiverDependencies.ts';
import type { Reception } from '../../functions/receive/reception.ts';
import { handleDelivery } from '../../functions/run/handleDelivery.ts';
import type { RunnerDependencies } from '../../functions/run/runDependencies.ts';
import type { ReceivedMessage } from '../../simulators/aws/sqs/simulatedQueue.ts';
import type { SimulatedTime } from '../../simulators/time/simulatedTime.ts';
import type { Wire } from '../wire/wire.ts';
import {
  defaults,
  loadDispatcher,
  loadReceiver,
  loadRunner,
  runnerMs,
  type Surroundings,
  tableName,
} from './loadFunctions.ts';
import { MemoryAws, type QueueName, queueNames } from './memoryAws.ts';

/** What a deployment is put together from. */
export interface DeploymentOptions extends Omit<Surroundings, 'aws' | 'onTrouble' | 'onPull' | 'onCall'> {
  readonly wire: Wire;
  /** Whether time passes until each run has had its turn at Mavera. */
  readonly waitsForTurns: boolean;
}

const minuteMs = 60_000;
const hourMs = 60 * minuteMs;
const dayMs = 24 * hourMs;
/** Why runs wait that only queue up for Mavera. */
const turnReasons: ReadonlySet<string> = new Set(['pace_full', 'concurrency', 'slot_missed']);
/** How much time may pass until all have had their turns. */
const longestTurnMs = 6 * hourMs;
/** More deliveries than that without any time passing: something goes round in a circle. */
const mostAtOnce = 20_000;

/**
 * A whole deployment in this process: the real receiver, runner, dispatcher and puller, on a ledger and queues in memory and on
 * simulated time. One message at a time is worked off, so everything happens in the same order each time.
 */
export class Deployment {
  readonly time: SimulatedTime;
  readonly wire: Wire;
  readonly aws: MemoryAws;
  readonly ledger: LedgerTable;
  readonly runner: RunnerDependencies;
  /** The runs in the order in which they were queued, each with its first message. */
  readonly runs = new Map<string, RunMessage>();
  readonly troubles: string[] = [];
  readonly pullReports: PullReport[] = [];
  readonly refusedCalls: CallRecord[] = [];
  /** By trigger: why its parked runs wait as a whole, as the dispatcher's last pass has found. */
  blocks: ReadonlyMap<string, string> = new Map();
  readonly #receiver: ReceiverDependencies;
  readonly #dispatcher: DispatcherDependencies;
  readonly #surroundings: Surroundings;
  #handlePull: ((body: string, receiveCount: number) => Promise<void>) | undefined;
  readonly #waitsForTurns: boolean;
  #lastPassMs = Number.NEGATIVE_INFINITY;
  /** Until the next pass, as long as passes send nothing. */
  #idleMs: number = defaults.dispatchEveryMs;

  constructor(options: DeploymentOptions) {
    this.time = options.time;
    this.wire = options.wire;
    this.#waitsForTurns = options.waitsForTurns;
    this.aws = new MemoryAws(this.time, (queue, { body }) => this.#meet(queue, body));
    this.ledger = new LedgerTable(this.aws.dynamodb, tableName);
    this.#surroundings = {
      ...options,
      aws: this.aws,
      onTrouble: (what, error) =>
        this.troubles.push(`${what}: ${error instanceof Error ? error.message : String(error)}`),
      onPull: (report) => this.pullReports.push(report),
      onCall: (record) => {
        if (record.decision === 'refused') {
          this.refusedCalls.push(record);
        }
      },
    };
    this.runner = loadRunner(this.#surroundings);
    this.#receiver = loadReceiver(this.#surroundings);
    this.#dispatcher = loadDispatcher(this.#surroundings);
  }

  /** Has the receiver take a request. Nothing that follows from it is done yet. */
  async receive(event: unknown): Promise<Reception> {
    return await receive(event, 10_000, this.#receiver);
  }

  /** Works off all that is due now, and what waits for nothing but its turn at Mavera. */
  async settle(): Promise<void> {
    const lastMs = this.time.now() + longestTurnMs;
    for (let nextMs: number | undefined = this.time.now(); nextMs !== undefined && nextMs <= lastMs; ) {
      await this.runUntil(nextMs);
      nextMs = this.#waitsForTurns ? this.#nextTurnMs() : undefined;
    }
  }

  /** Works off all that is due until a moment, which it then is. */
  async runUntil(untilMs: number): Promise<void> {
    for (let atOnce = 0, lastMs = this.time.now(); ; ) {
      atOnce = (await this.#deliverAll()) + (this.time.now() === lastMs ? atOnce : 0);
      lastMs = this.time.now();
      if (atOnce > mostAtOnce) {
        throw new Error(
          `The trial comes to no end: ${atOnce} messages were delivered at ${new Date(lastMs).toISOString()}`,
        );
      }
      const passAtMs = this.#nextPassMs();
      // A function that slept has moved the clock, maybe past the moment.
      const lastDueMs = Math.max(untilMs, lastMs);
      if (!this.time.happenNext(Math.min(lastDueMs, passAtMs))) {
        if (passAtMs > lastDueMs) {
          break;
        }
        this.time.moveTo(passAtMs);
        await this.#pass();
      }
    }
    this.time.moveTo(untilMs);
    const report = await this.runner.dispatcherState.readReport();
    this.blocks = new Map(
      report?.lanes.flatMap(({ lane, reason }) => (reason === undefined ? [] : [[lane, reason]])),
    );
  }

  /** Puts a message into a queue. */
  send(queue: QueueName, body: string, group: string): void {
    this.aws.queues.get(queue)?.send({ body, group, delayMs: 0 });
  }

  /** When the next run has its turn; `undefined` if none waits for it. */
  #nextTurnMs(): number | undefined {
    const nowMs = this.time.now();
    const turns = [...this.runs.values()].flatMap(({ runId, trigger }) => {
      const { state, reason, notBeforeMs } = this.aws.table.item(runKey(runId)) ?? {};
      if (state?.S !== 'waiting') {
        return [];
      }
      if (reason?.S === 'pace') {
        // A message comes up to a second before the slot of its run.
        return [Math.max(nowMs + 100, Number(notBeforeMs?.N ?? 0))];
      }
      return turnReasons.has(reason?.S ?? '') && !this.blocks.has(trigger) ? [nowMs + 1_000] : [];
    });
    return turns.length === 0 ? undefined : Math.min(...turns);
  }

  #meet(queue: QueueName, body: string): void {
    if (queue === 'pulls') {
      return;
    }
    const message = parseQueueMessage(body);
    if (!('kind' in message) && !this.runs.has(message.runId)) {
      this.runs.set(message.runId, message);
    }
  }

  /** @returns how many messages were delivered */
  async #deliverAll(): Promise<number> {
    let delivered = 0;
    for (const name of queueNames) {
      for (const { message, remove } of this.aws.queues.get(name)?.receive(mostAtOnce) ?? []) {
        await this.#deliver(name, message);
        remove();
        delivered += 1;
      }
    }
    this.#idleMs = delivered > 0 ? defaults.dispatchEveryMs : this.#idleMs;
    return delivered;
  }

  async #deliver(queue: QueueName, { body, receiveCount, sentAtMs }: ReceivedMessage): Promise<void> {
    if (queue === 'pulls') {
      this.#handlePull ??= await this.#loadPuller();
      await this.#handlePull(body, receiveCount);
      this.#throwProblem();
      return;
    }
    if (this.time.now() - this.#lastPassMs > minuteMs) {
      await this.#pass();
    }
    const message = parseQueueMessage(body);
    this.wire.callFor('kind' in message ? undefined : message);
    const door = queue === 'ready' ? 'ready' : 'intake';
    try {
      const readShared = () => readSharedOfAll(this.ledger, this.time.now());
      await handleDelivery(
        {
          body,
          door,
          ...(door === 'intake' && { readShared }),
          receiveCount,
          remainingMs: runnerMs,
          sentAtMs,
        },
        this.runner,
      );
    } finally {
      this.wire.callFor(undefined);
    }
    this.#throwProblem();
  }

  /** It is loaded with the first pull: most triggers have none. */
  async #loadPuller(): Promise<(body: string, receiveCount: number) => Promise<void>> {
    const [{ loadPuller }, { handlePullDelivery }] = await Promise.all([
      import('./loadPuller.ts'),
      import('../../functions/pull/handleDelivery.ts'),
    ]);
    const puller = loadPuller(this.#surroundings);
    return (body, receiveCount) => handlePullDelivery({ body, receiveCount, maxReceives: 8 }, puller);
  }

  #throwProblem(): void {
    const problem = this.wire.takeProblem();
    if (problem !== undefined) {
      throw problem;
    }
  }

  /** Has the dispatcher make a pass, as its schedule and its own messages do. */
  async #pass(): Promise<void> {
    const before = this.aws.sentMessages;
    this.#lastPassMs = this.time.now();
    await dispatch(this.#dispatcher);
    const isIdle = this.aws.sentMessages === before;
    this.#idleMs = isIdle ? Math.min(hourMs, 2 * this.#idleMs) : defaults.dispatchEveryMs;
  }

  /**
   * When the dispatcher makes its next pass. A deployment makes one each 15 s while anything is parked. Here those are left
   * out that find nothing new: before a run is due or ends, a UTC day ends, or the breaker lets a run try again.
   */
  #nextPassMs(): number {
    const { parked } = this.aws;
    if (parked.length === 0) {
      return Number.POSITIVE_INFINITY;
    }
    const known = parked.map(({ lane, orderMs, endsAtMs }) => (lane === notBeforeLane ? orderMs : endsAtMs));
    if (parked.some(({ lane }) => lane !== notBeforeLane && lane !== approvalLane)) {
      const { openUntilMs } = readBreaker(this.aws.table.item(breakerKey));
      const nextDayMs = (Math.floor(this.#lastPassMs / dayMs) + 1) * dayMs;
      const breakerMs = openUntilMs > this.#lastPassMs ? openUntilMs : nextDayMs;
      known.push(nextDayMs, breakerMs, this.#lastPassMs + this.#idleMs);
    }
    return Math.max(Math.min(...known), this.#lastPassMs + defaults.dispatchEveryMs);
  }
}
