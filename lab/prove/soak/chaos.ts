import {
  ChangeMessageVisibilityCommand,
  ReceiveMessageCommand,
  SendMessageCommand,
} from '@aws-sdk/client-sqs';
import type { LocalSystem } from '../../../local/system.ts';

/** What has been done to the system so far. */
export interface ChaosCounts {
  readonly killed: { receivers: number; runners: number };
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

/**
 * Kills processes of the functions and delivers messages twice, at random times.
 *
 * @param random from 0 up to, but not including, 1
 */
export function startChaos(system: LocalSystem, random: () => number): Chaos {
  const counts: ChaosCounts = { killed: { receivers: 0, runners: 0 }, duplicatedMessages: 0 };
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
    working = working.then(async () => {
      counts.duplicatedMessages += await duplicateMessages(system);
    });
  }, everyMs);
  return {
    counts,
    spared,
    stop: async () => {
      clearInterval(timer);
      await working;
    },
  };
}

/** Receives some messages, puts a copy of each into the queue, and makes the originals visible again. */
async function duplicateMessages({
  clients: { sqs },
  resources: { runQueueUrl },
}: LocalSystem): Promise<number> {
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
