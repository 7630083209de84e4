import { type DynamoDBClient, paginateScan } from '@aws-sdk/client-dynamodb';
import { approvalLane, laneOfKey, notBeforeLane, parkedIndex } from '../../functions/ledger/parkedIndex.ts';

/** Runs of one trigger that are parked in one lane. */
export interface ParkedCount {
  readonly trigger: string;
  readonly lane: string;
  readonly count: number;
}

/** Counts the parked runs by trigger and lane. It reads the whole index of parked runs. */
export async function countParkedRuns(
  client: DynamoDBClient,
  tableName: string,
): Promise<readonly ParkedCount[]> {
  const counts = new Map<string, ParkedCount>();
  const pages = paginateScan({ client }, { TableName: tableName, IndexName: parkedIndex.indexName });
  for await (const { Items = [] } of pages) {
    for (const item of Items) {
      const trigger = item.trigger?.S ?? '';
      const lane = laneOfKey(item[parkedIndex.partitionKey]?.S ?? '');
      const key = `${lane} ${trigger}`;
      counts.set(key, { trigger, lane, count: (counts.get(key)?.count ?? 0) + 1 });
    }
  }
  return [...counts.values()];
}

/** Whether only a person, or time, ends the wait: not the next pass of the dispatcher. */
export function waitsForOthers({ lane }: ParkedCount): boolean {
  return lane === approvalLane || lane === notBeforeLane;
}

/** Says which runs are parked, for people: `2 runs of churn-signal (approval)`. */
export function describeParked(parked: readonly ParkedCount[]): string {
  return parked.map((one) => `${runs(one.count)} of ${one.trigger} (${whyParked(one)})`).join(', ');
}

function whyParked({ lane }: ParkedCount): string {
  switch (lane) {
    case approvalLane:
      return 'until a person approves';
    case notBeforeLane:
      return 'until a known time';
    default:
      return 'until the dispatcher sends them';
  }
}

function runs(count: number): string {
  return `${count} ${count === 1 ? 'run' : 'runs'}`;
}
