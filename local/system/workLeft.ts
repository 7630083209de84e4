import { GetQueueAttributesCommand, type SQSClient } from '@aws-sdk/client-sqs';
import { LedgerTable } from '../../functions/ledger/ledgerTable.ts';
import { PullCursors } from '../../functions/ledger/pullCursors.ts';
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
  /** The names of the pulls that are at work; read only then, too. */
  readonly pulls: readonly string[];
}

/** Where the work of a system is. */
export interface WorkPlaces {
  readonly clients: Pick<AwsClients, 'sqs' | 'dynamodb'>;
  /** The queues with runs, and that of pulls. */
  readonly queueUrls: readonly string[];
  readonly pools: readonly EnvironmentPool[];
  readonly tableName: string;
  /** The names of the triggers that pull. */
  readonly pulls: readonly string[];
}

/**
 * Looks for work in the queues, then in the ledger. An invocation that runs meanwhile could move work from a place that was
 * not yet read to one that was, so it counts as work itself.
 */
export async function readWorkLeft(places: WorkPlaces): Promise<WorkLeft> {
  const { clients, queueUrls, pools, tableName } = places;
  const busyAtFirst = sum(pools.map(({ busy }) => busy));
  const before = sum(pools.map(({ invocations }) => invocations));
  const all = await Promise.all(queueUrls.map((url) => readQueue(clients.sqs, url)));
  const queues = all.filter(({ visible, delayed, inFlight }) => visible + delayed + inFlight > 0);
  const isQuiet = queues.length + busyAtFirst === 0;
  const parked = isQuiet ? await countParkedRuns(clients.dynamodb, tableName) : [];
  const pulls = isQuiet ? await pullsAtWork(places) : [];
  const begun = sum(pools.map(({ invocations }) => invocations)) - before;
  return { queues, busy: busyAtFirst + begun, parked, pulls };
}

async function pullsAtWork({ clients, tableName, pulls }: WorkPlaces): Promise<readonly string[]> {
  if (pulls.length === 0) {
    return [];
  }
  const cursors = await new PullCursors(new LedgerTable(clients.dynamodb, tableName)).read(pulls);
  return [...cursors.values()].filter(({ isAtWork }) => isAtWork).map(({ trigger }) => trigger);
}

/** Counts the messages of a queue. */
export async function readQueue(sqs: SQSClient, QueueUrl: string): Promise<QueueCounts> {
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
export function describeWorkLeft({ queues, busy, parked, pulls }: WorkLeft): string {
  return [
    ...queues.map(
      ({ name, visible, delayed, inFlight }) =>
        `messages in ${name}: ${visible} visible, ${delayed} delayed, ${inFlight} in flight`,
    ),
    `invocations under way: ${busy}`,
    ...(parked.length === 0 ? [] : [`parked: ${describeParked(parked)}`]),
    ...(pulls.length === 0 ? [] : [`pulls at work: ${pulls.join(', ')}`]),
  ].join('; ');
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}
