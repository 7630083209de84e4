import { PublishCommand, type SNSClient } from '@aws-sdk/client-sns';
import { SendMessageBatchCommand, SendMessageCommand, type SQSClient } from '@aws-sdk/client-sqs';
import { CallQuotas } from '../../../functions/ledger/callQuotas.ts';
import { LedgerTable } from '../../../functions/ledger/ledgerTable.ts';
import type { PullCursor } from '../../../functions/ledger/pullCursor.ts';
import { PullCursors } from '../../../functions/ledger/pullCursors.ts';
import { PulledItems } from '../../../functions/ledger/pulledItems.ts';
import { SeenItems } from '../../../functions/ledger/seenItems.ts';
import { handleMessage } from '../../../functions/pull/handleMessage.ts';
import type {
  GateAnswer,
  PullDependencies,
  PullGate,
  PullReport,
} from '../../../functions/pull/pullDependencies.ts';
import { type PullEndMessage, PullEnds } from '../../../functions/pull/pullEnds.ts';
import { type PullMessage, parsePullMessage } from '../../../functions/pull/pullMessage.ts';
import { PullQueue } from '../../../functions/pull/pullQueue.ts';
import type { RowsReader } from '../../../functions/pull/rows/readRows.ts';
import { parseRunMessage, type RunMessage } from '../../../functions/queue/runMessage.ts';
import type { Trigger } from '../../../functions/triggers/trigger.ts';
import { SimulatedDynamo } from '../../../simulators/aws/dynamodb/simulatedDynamo.ts';
import { SimulatedTable } from '../../../simulators/aws/dynamodb/simulatedTable.ts';

export const startMs = Date.parse('2026-11-20T12:00:00Z');
/** SQS gives a message of a crashed delivery again after this. */
const visibilityTimeoutMs = 16 * 60_000;
const pullsUrl = 'pulls';

export type Answerer = (call: Parameters<PullGate['call']>[0], nowMs: number) => GateAnswer;

/**
 * A fault at one of the function's calls to AWS. It dies before the call is carried out, or after. Or the answer is lost, and the
 * AWS SDK makes the call again.
 */
export interface Crash {
  readonly atCall: number;
  readonly when: 'before' | 'after' | 'lost answer';
}

class CrashedError extends Error {}

/** A puller on a simulated ledger and queue, whose time goes on only where something waits. */
export class PullWorld {
  nowMs = startMs;
  /** What waits in the puller's queue. */
  readonly pullMessages: { readonly message: PullMessage; readonly dueAtMs: number }[] = [];
  readonly runs: RunMessage[] = [];
  readonly reports: PullReport[] = [];
  /** What was published to the results topic. */
  readonly published: PullEndMessage[] = [];
  readonly calls: Parameters<PullGate['call']>[0][] = [];
  crash: Crash | undefined;
  /** Whether the results topic takes nothing. */
  isTopicDown = false;
  /** Calls to AWS so far. */
  awsCalls = 0;
  answer: Answerer = () => ({ kind: 'answered', json: {} });
  readRows: RowsReader = () => Promise.reject(new Error('no file'));
  readonly dependencies: PullDependencies;
  #owners = 0;
  #isDelivering = false;
  /** After a crash nothing is called any more. */
  #isDead = false;

  constructor(triggers: readonly Trigger[], settings: Partial<PullDependencies['settings']> = {}) {
    const dynamo = new SimulatedDynamo(new SimulatedTable([], () => 0), {
      now: () => this.nowMs,
      sleep: () => Promise.resolve(),
      random: () => 0.5,
    });
    const carry = async <Result>(work: () => Result | Promise<Result>): Promise<Result> =>
      await this.#carry(work);
    const table = new LedgerTable(
      dynamo.client(() => 'puller', carry),
      'ledger',
    );
    const sqs = {
      send: async (command: unknown) => await this.#carry(() => this.#send(command)),
    } as unknown as SQSClient;
    const sns = {
      send: async (command: unknown) => await this.#carry(() => this.#publish(command)),
    } as unknown as SNSClient;
    this.dependencies = {
      settings: {
        runDeadlineMs: 96 * 3_600_000,
        pullDeadlineMs: 24 * 3_600_000,
        stepMs: 600_000,
        ...settings,
      },
      triggers: new Map(triggers.map((trigger) => [trigger.name, trigger])),
      cursors: new PullCursors(table),
      pulledItems: new PulledItems(table),
      seenItems: new SeenItems(table),
      quotas: new CallQuotas(table),
      queue: new PullQueue(sqs, { pulls: pullsUrl, bulk: 'bulk' }),
      ends: new PullEnds(sns, 'results'),
      gate: {
        call: (call) => {
          this.calls.push(call);
          return Promise.resolve(this.answer(call, this.nowMs));
        },
      },
      readRows: (...args) => this.readRows(...args),
      report: (report) => this.reports.push(report),
      now: () => this.nowMs,
      sleep: (ms) => {
        this.nowMs += ms;
        return Promise.resolve();
      },
      random: () => 0.5,
      newOwner: () => {
        this.#owners += 1;
        return `owner-${this.#owners}`;
      },
    };
  }

  /** Puts the message of a schedule into the queue. */
  start(trigger: string, occurrence: string): void {
    this.pullMessages.push({
      message: { version: 1, kind: 'start', trigger, occurrence },
      dueAtMs: this.nowMs,
    });
  }

  /** Delivers one message, and again later if its delivery crashes. */
  async deliver(message: PullMessage): Promise<void> {
    try {
      this.#isDelivering = true;
      this.#isDead = false;
      await handleMessage(message, this.dependencies);
    } catch (error) {
      if (!(error instanceof CrashedError)) {
        throw error;
      }
      this.pullMessages.push({ message, dueAtMs: this.nowMs + visibilityTimeoutMs });
    } finally {
      this.#isDelivering = false;
    }
  }

  /** Delivers what is in the queue, in the order in which it is due, until nothing is left. */
  async finish(): Promise<void> {
    for (let deliveries = 0; this.pullMessages.length > 0; deliveries += 1) {
      if (deliveries === 500) {
        throw new Error('The pull comes to no end');
      }
      const [first] = this.pullMessages.toSorted((one, other) => one.dueAtMs - other.dueAtMs);
      if (first !== undefined) {
        this.pullMessages.splice(this.pullMessages.indexOf(first), 1);
        this.nowMs = Math.max(this.nowMs, first.dueAtMs);
        await this.deliver(first.message);
      }
    }
  }

  /** Starts an occurrence and works it off. */
  async pull(trigger: string, occurrence: string): Promise<PullCursor> {
    this.start(trigger, occurrence);
    await this.finish();
    return await this.cursor(trigger);
  }

  async cursor(trigger: string): Promise<PullCursor> {
    const cursor = (await this.dependencies.cursors.read([trigger])).get(trigger);
    if (cursor === undefined) {
      throw new Error(`The pull of ${trigger} has never started`);
    }
    return cursor;
  }

  /** The ids of the runs that were queued, each once. */
  get runIds(): ReadonlySet<string> {
    return new Set(this.runs.map(({ runId }) => runId));
  }

  async #carry<Result>(work: () => Result | Promise<Result>): Promise<Result> {
    if (!this.#isDelivering) {
      return await work();
    }
    if (this.#isDead) {
      throw new CrashedError();
    }
    this.awsCalls += 1;
    const isAt = this.awsCalls === this.crash?.atCall;
    if (isAt && this.crash?.when === 'lost answer') {
      await work();
      return await work();
    }
    this.#isDead = isAt;
    if (isAt && this.crash?.when === 'before') {
      throw new CrashedError();
    }
    const result = await work();
    if (isAt) {
      throw new CrashedError();
    }
    return result;
  }

  #publish(command: unknown): unknown {
    if (!(command instanceof PublishCommand)) {
      throw new TypeError('This topic knows no other command');
    }
    if (this.isTopicDown) {
      throw new Error('the topic does not answer');
    }
    this.published.push(JSON.parse(command.input.Message ?? '') as PullEndMessage);
    return {};
  }

  #send(command: unknown): unknown {
    if (command instanceof SendMessageCommand) {
      const { MessageBody = '', DelaySeconds = 0 } = command.input;
      const message = parsePullMessage(MessageBody);
      this.pullMessages.push({ message, dueAtMs: this.nowMs + DelaySeconds * 1_000 });
      return { MessageId: 'm' };
    }
    if (command instanceof SendMessageBatchCommand) {
      const { Entries = [] } = command.input;
      this.runs.push(...Entries.map(({ MessageBody = '' }) => parseRunMessage(MessageBody)));
      return { Successful: Entries.map(({ Id }) => ({ Id })) };
    }
    throw new TypeError('This queue knows no other command');
  }
}
