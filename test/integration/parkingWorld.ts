import { SendMessageBatchCommand, SendMessageCommand, type SQSClient } from '@aws-sdk/client-sqs';
import { createDispatcher } from '../../functions/dispatch/createDispatcher.ts';
import { type Dispatched, dispatch } from '../../functions/dispatch/dispatch.ts';
import type { DispatcherDependencies } from '../../functions/dispatch/dispatcherDependencies.ts';
import { parseRunMessage, type RunMessage, writeRunMessage } from '../../functions/queue/runMessage.ts';
import { type HandledDelivery, handleDelivery } from '../../functions/run/handleDelivery.ts';
import type { RunnerDependencies } from '../../functions/run/runDependencies.ts';
import type { Trigger } from '../../functions/triggers/trigger.ts';
import { type MaveraSimulator, startMaveraSimulator } from '../../simulators/mavera/simulator.ts';
import { apiKey, knowUsage, newRun, type RunnerOptions, runnerOn, secretOf } from './runnerWorld.ts';
import type { World } from './world.ts';

/** A message that was sent, and when it can be received. */
export interface SentMessage {
  readonly queue: 'intake' | 'bulk' | 'ready' | 'dead-letters' | 'dispatch';
  readonly body: string;
  readonly arrivesAtMs: number;
}

/** A runner and a dispatcher on one ledger, on a clock that the test moves. */
export interface ParkingWorld {
  readonly runner: RunnerDependencies;
  readonly dispatcher: DispatcherDependencies;
  readonly mavera: MaveraSimulator;
  readonly table: string;
  now(): number;
  pass(milliseconds: number): void;
  /** All messages that were sent since the last call, in the order of their arrival. */
  sent(): readonly SentMessage[];
  runOf(trigger: string, more?: Partial<RunMessage>): RunMessage;
  deliver(message: RunMessage | string, door: 'intake' | 'ready'): Promise<HandledDelivery>;
  dispatch(): Promise<Dispatched>;
  /** Moves the clock to each arrival in the ready queue until a moment, and delivers; dispatches each 15 seconds. */
  work(untilMs: number): Promise<readonly HandledDelivery[]>;
  stop(): Promise<void>;
}

export const startMs = Date.parse('2026-11-20T12:00:00Z');

/** Puts both together, with a dispatcher that has just been alive. */
export async function startParkingWorld(
  world: World,
  triggers: readonly Trigger[],
  options: Partial<RunnerOptions> & { readonly requestsPerMinute?: number } = {},
): Promise<ParkingWorld> {
  const { requestsPerMinute = 60 } = options;
  let nowMs = startMs;
  const now = (): number => nowMs;
  const mavera = await startMaveraSimulator({
    requestsPerMinute,
    monthlyCredits: 1_000_000,
    latency: 0,
    now,
    sleep: async () => undefined,
  });
  const table = await world.newTable();
  let sent: SentMessage[] = [];
  const sqs = memorySqs(now, (message) => sent.push(message));
  const queueUrls = {
    runQueueUrl: 'intake',
    bulkQueueUrl: 'bulk',
    readyQueueUrl: 'ready',
    deadLetterQueueUrl: 'dead-letters',
  };
  const runner = runnerOn(world, {
    triggers,
    table,
    maveraBaseUrl: mavera.baseUrl,
    sqs,
    ...queueUrls,
    sns: { send: async () => ({}) } as never,
    topicArn: 'results',
    now,
    sleep: async (milliseconds) => {
      nowMs += milliseconds;
    },
    ...options,
    settings: { requestsPerMinute, maveraTimeoutMs: 20_000, ...options.settings },
  });
  await knowUsage(runner);
  const dispatcher = createDispatcher({
    settings: { requestsPerMinute, everyMs: 15_000, overallBudget: options.overallBudget },
    triggers,
    dynamodb: world.clients.dynamodb,
    tableName: table,
    sqs,
    queueUrls: { intake: 'intake', ready: 'ready' },
    dispatchQueueUrl: 'dispatch',
    maveraSecret: secretOf(options.secret ?? (async () => ({ apiKey, segmentWriteKey: 'write-key' })), now),
    now,
    onTrouble: (what, error) => {
      throw new Error(what, { cause: error });
    },
  });
  const deliver = (message: RunMessage | string, door: 'intake' | 'ready'): Promise<HandledDelivery> => {
    const body = typeof message === 'string' ? message : writeRunMessage(message);
    return handleDelivery({ body, door, receiveCount: 1, remainingMs: 170_000 }, runner);
  };
  await dispatch(dispatcher);
  return {
    runner,
    dispatcher,
    mavera,
    table,
    now,
    pass: (milliseconds) => {
      nowMs += milliseconds;
    },
    sent: () => {
      const messages = sent.toSorted((one, other) => one.arrivesAtMs - other.arrivesAtMs);
      sent = [];
      return messages;
    },
    runOf: (trigger, more = {}) => newRun(trigger, nowMs, { deadlineAtMs: nowMs + 86_400_000, ...more }),
    deliver,
    dispatch: () => dispatch(dispatcher),
    work: async (untilMs) => {
      const handled: HandledDelivery[] = [];
      for (let passAtMs = nowMs; ; ) {
        const next = sent
          .filter(({ queue }) => queue === 'ready' || queue === 'intake' || queue === 'bulk')
          .toSorted((one, other) => one.arrivesAtMs - other.arrivesAtMs)[0];
        if (Math.min(next?.arrivesAtMs ?? passAtMs, passAtMs) >= untilMs) {
          nowMs = Math.max(nowMs, untilMs);
          return handled;
        }
        if (next === undefined || next.arrivesAtMs > passAtMs) {
          nowMs = Math.max(nowMs, passAtMs);
          passAtMs += 15_000;
          await dispatch(dispatcher);
        } else {
          sent = sent.filter((one) => one !== next);
          nowMs = Math.max(nowMs, next.arrivesAtMs);
          handled.push(await deliver(next.body, next.queue === 'ready' ? 'ready' : 'intake'));
        }
      }
    },
    stop: () => mavera.stop(),
  };
}

/** Takes messages as SQS does, and forgets none. */
function memorySqs(now: () => number, take: (message: SentMessage) => void): SQSClient {
  const add = (queue: string | undefined, body = '', delaySeconds = 0): void => {
    take({ queue: queue as SentMessage['queue'], body, arrivesAtMs: now() + delaySeconds * 1000 });
  };
  const send = async (command: unknown): Promise<unknown> => {
    if (command instanceof SendMessageCommand) {
      const { QueueUrl, MessageBody, DelaySeconds } = command.input;
      add(QueueUrl, MessageBody, DelaySeconds);
      return { MessageId: 'm' };
    }
    if (command instanceof SendMessageBatchCommand) {
      const { QueueUrl, Entries = [] } = command.input;
      for (const { MessageBody, DelaySeconds } of Entries) {
        add(QueueUrl, MessageBody, DelaySeconds);
      }
      return { Successful: Entries.map(({ Id }) => ({ Id })) };
    }
    throw new TypeError('The simulated queues only take messages');
  };
  return { send } as unknown as SQSClient;
}

/** The run of a message. */
export function runIn({ body }: SentMessage): RunMessage {
  return parseRunMessage(body);
}
