import {
  ChangeMessageVisibilityCommand,
  ReceiveMessageCommand,
  SendMessageCommand,
  type SQSClient,
} from '@aws-sdk/client-sqs';
import { LedgerTable } from '../../../functions/ledger/ledgerTable.ts';
import { OperatorDesk } from '../../../functions/ledger/operatorDesk.ts';
import type { LocalSystem } from '../../../local/system.ts';

/** What has been done to the system so far. */
export interface ChaosCounts {
  readonly killed: { receivers: number; runners: number; dispatchers: number };
  /** How often the trigger was paused, so that its runs were parked. */
  pauses: number;
  /** Messages whose copy was put into the queue. */
  duplicatedMessages: number;
}

/** Random trouble, until it is stopped. */
export interface Chaos {
  readonly counts: ChaosCounts;
  /** Processes that are never killed, so that their memory can be watched. */
  readonly spared: ReadonlySet<number>;
  stop(): Promise<void>;
}

const everyMs = 1_000;
/** The chance that a process is killed each time. As in Lambda, idle processes can end too. */
const killShare = 0.4;
/** A dead dispatcher's lease lasts 20 s, and nothing is dispatched meanwhile. */
const dispatcherKillShare = 0.05;
/** The chance that the schedule fires each time, twice then. */
const scheduleShare = 0.3;
/** The chance that the trigger is paused each time, and for how many times. */
const pauseShare = 0.1;
const pausedTimes = 3;

/**
 * Kills processes of the functions, delivers messages twice, fires the dispatcher's schedule twice, and pauses a trigger so
 * that its runs are parked, at random times.
 *
 * @param random from 0 up to, but not including, 1
 */
export function startChaos(system: LocalSystem, trigger: string, random: () => number): Chaos {
  const counts: ChaosCounts = {
    killed: { receivers: 0, runners: 0, dispatchers: 0 },
    pauses: 0,
    duplicatedMessages: 0,
  };
  const desk = new OperatorDesk(new LedgerTable(system.clients.dynamodb, system.resources.tableName));
  let pausedFor = 0;
  const pauseOrResume = async (): Promise<void> => {
    if (pausedFor === 0 && random() < pauseShare) {
      pausedFor = pausedTimes;
      counts.pauses += 1;
      await desk.pause(trigger, Date.now());
    } else if (pausedFor > 0) {
      pausedFor -= 1;
      await (pausedFor === 0 ? desk.resume(trigger) : undefined);
    }
  };
  const killDispatcher = (): boolean => {
    const [victim] = random() < dispatcherKillShare ? (system.dispatcher?.pids() ?? []) : [];
    if (victim !== undefined) {
      process.kill(victim, 'SIGKILL');
    }
    return victim !== undefined;
  };
  const spared = new Set<number>();
  const pick = (pids: readonly number[]): number | undefined => pids[Math.floor(random() * pids.length)];
  const killOne = (pids: readonly number[]): boolean => {
    const [first] = pids;
    if (first !== undefined && !pids.some((pid) => spared.has(pid))) {
      spared.add(first);
    }
    const victim = random() < killShare ? pick(pids.filter((pid) => !spared.has(pid))) : undefined;
    if (victim !== undefined) {
      process.kill(victim, 'SIGKILL');
    }
    return victim !== undefined;
  };
  let working = Promise.resolve();
  const timer = setInterval(() => {
    counts.killed.receivers += killOne(system.receiver.pids()) ? 1 : 0;
    counts.killed.runners += killOne(system.runner.pids()) ? 1 : 0;
    counts.killed.dispatchers += killDispatcher() ? 1 : 0;
    working = working.then(async () => {
      counts.duplicatedMessages += await duplicateMessages(system);
      await pauseOrResume();
      if (random() < scheduleShare) {
        await Promise.all([system.runSchedule('dispatcher'), system.runSchedule('dispatcher')]);
      }
    });
  }, everyMs);
  return {
    counts,
    spared,
    stop: async () => {
      clearInterval(timer);
      await working;
      await desk.resume(trigger);
    },
  };
}

/** Receives some messages, puts a copy of each into the queue, and makes the originals visible again. */
async function duplicateMessages({ clients: { sqs }, resources }: LocalSystem): Promise<number> {
  const { runQueueUrl, readyQueueUrl = runQueueUrl } = resources;
  return (
    (await duplicateIn(sqs, runQueueUrl)) +
    (readyQueueUrl === runQueueUrl ? 0 : await duplicateIn(sqs, readyQueueUrl))
  );
}

async function duplicateIn(sqs: SQSClient, runQueueUrl: string): Promise<number> {
  const { Messages = [] } = await sqs.send(
    new ReceiveMessageCommand({ QueueUrl: runQueueUrl, MaxNumberOfMessages: 5, WaitTimeSeconds: 0 }),
  );
  for (const { Body = '', ReceiptHandle } of Messages) {
    await sqs.send(new SendMessageCommand({ QueueUrl: runQueueUrl, MessageBody: Body }));
    await sqs.send(
      new ChangeMessageVisibilityCommand({ QueueUrl: runQueueUrl, ReceiptHandle, VisibilityTimeout: 0 }),
    );
  }
  return Messages.length;
}
