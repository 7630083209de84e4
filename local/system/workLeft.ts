import { GetQueueAttributesCommand, type SQSClient } from '@aws-sdk/client-sqs';
import type { AwsClients } from '../aws/clients.ts';
import type { EnvironmentPool } from '../lambda/environmentPool.ts';
import { countParkedRuns, describeParked, type ParkedCount } from './parkedRuns.ts';

/** What a queue holds: the message counts of SQS. */
export interface QueueCounts {
  readonly name: string;
  readonly visible: number;
  readonly delayed: number;
  readonly inFlight: number;
}

/** Work that a system has not finished. */
export interface WorkLeft {
  /** The queues that are not empty. */
  readonly queues: readonly QueueCounts[];
  /** The invocations under way. */
  readonly busy: number;
  /** Read only when the queues are empty and no invocation is under way. */
  readonly parked: readonly ParkedCount[];
}

/** Where the work of a system is. */
export interface WorkPlaces {
  readonly clients: Pick<AwsClients, 'sqs' | 'dynamodb'>;
  /** The queues with runs. */
  readonly queueUrls: readonly string[];
  readonly pools: readonly EnvironmentPool[];
  readonly tableName: string;
}

/**
 * Looks for work in the queues, then in the ledger. An invocation that runs meanwhile could move work from a place that was
 * not yet read to one that was, so it counts as work itself.
 */
export async function readWorkLeft({ clients, queueUrls, pools, tableName }: WorkPlaces): Promise<WorkLeft> {
  const busyAtFirst = sum(pools.map(({ busy }) => busy));
  const before = sum(pools.map(({ invocations }) => invocations));
  const all = await Promise.all(queueUrls.map((url) => readQueue(clients.sqs, url)));
  const queues = all.filter(({ visible, delayed, inFlight }) => visible + delayed + inFlight > 0);
  const isQuiet = queues.length + busyAtFirst === 0;
  const parked = isQuiet ? await countParkedRuns(clients.dynamodb, tableName) : [];
  const begun = sum(pools.map(({ invocations }) => invocations)) - before;
  return { queues, busy: busyAtFirst + begun, parked };
}

async function readQueue(sqs: SQSClient, QueueUrl: string): Promise<QueueCounts> {
  const names = {
    visible: 'ApproximateNumberOfMessages',
    delayed: 'ApproximateNumberOfMessagesDelayed',
    inFlight: 'ApproximateNumberOfMessagesNotVisible',
  } as const;
  const { Attributes } = await sqs.send(
    new GetQueueAttributesCommand({ QueueUrl, AttributeNames: Object.values(names) }),
  );
  const count = (which: keyof typeof names): number => Number(Attributes?.[names[which]] ?? 0);
  return {
    name: QueueUrl.slice(QueueUrl.lastIndexOf('/') + 1),
    visible: count('visible'),
    delayed: count('delayed'),
    inFlight: count('inFlight'),
  };
}

/** Says what is left, for people. */
export function describeWorkLeft({ queues, busy, parked }: WorkLeft): string {
  return [
    ...queues.map(
      ({ name, visible, delayed, inFlight }) =>
        `messages in ${name}: ${visible} visible, ${delayed} delayed, ${inFlight} in flight`,
    ),
    `invocations under way: ${busy}`,
    ...(parked.length === 0 ? [] : [`parked: ${describeParked(parked)}`]),
  ].join('; ');
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}
