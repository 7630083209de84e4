import { type AttributeValue, QueryCommand } from '@aws-sdk/client-dynamodb';
import { mapConcurrently } from '../../../functions/aws/mapConcurrently.ts';
import { number, text } from '../../../functions/ledger/ledgerTable.ts';
import { dayKeys, utcDay } from '../../../functions/ledger/runItem.ts';
import { runKey } from '../../../functions/ledger/runLease.ts';
import { runsByDay } from '../../../functions/ledger/runsByDay.ts';
import type { Ledger } from '../deployment/deployment.ts';
import { mergeNewestFirst } from './mergeNewestFirst.ts';
import { type RunEntry, readRunEntry } from './runEntry.ts';

const dayMs = 86_400_000;
/** Keys of the index that are read at the same time: fewer than the connections of a client of the AWS SDK, which are 50. */
const keysAtOnce = 32;

/** Which runs to read; without further members all that arrived since `sinceMs`. */
export interface RunFilter {
  readonly sinceMs: number;
  readonly trigger?: string | undefined;
  readonly userId?: string | undefined;
  readonly states?: readonly string[] | undefined;
  readonly idPrefix?: string | undefined;
  readonly updatedSinceMs?: number | undefined;
}

/** The runs that pass a filter, newest first. The caller may leave the loop early. */
export async function* queryRuns(ledger: Ledger, filter: RunFilter, nowMs: number): AsyncGenerator<RunEntry> {
  for (const day of daysSince(filter.sinceMs, nowMs)) {
    yield* mergeNewestFirst(dayKeys(day, filter.idPrefix).map((key) => queryKey(ledger, key, filter)));
  }
}

/** All runs that pass a filter, each once, in no order, because the keys of the index are read at the same time. */
export async function visitRuns(
  ledger: Ledger,
  filter: RunFilter,
  nowMs: number,
  visit: (run: RunEntry) => void,
): Promise<void> {
  const visited = new Set<string>();
  const keys = daysSince(filter.sinceMs, nowMs).flatMap((day) => dayKeys(day, filter.idPrefix));
  await mapConcurrently(keys, keysAtOnce, async (key) => {
    for await (const run of queryKey(ledger, key, filter)) {
      if (!visited.has(run.runId)) {
        visited.add(run.runId);
        visit(run);
      }
    }
  });
}

/** The UTC days from a time until now, the last first. */
function daysSince(sinceMs: number, nowMs: number): readonly string[] {
  const first = Math.floor(sinceMs / dayMs);
  const last = Math.floor(nowMs / dayMs);
  return Array.from({ length: last - first + 1 }, (_, index) => utcDay((last - index) * dayMs));
}

/** The runs of one key of the index, newest first. */
async function* queryKey(ledger: Ledger, key: string, filter: RunFilter): AsyncGenerator<RunEntry, void> {
  let startKey: Record<string, AttributeValue> | undefined;
  do {
    const { Items = [], LastEvaluatedKey } = await ledger.dynamodb.send(
      new QueryCommand({
        TableName: ledger.tableName,
        IndexName: runsByDay.indexName,
        ...expressions(key, filter),
        ScanIndexForward: false,
        ...(startKey === undefined ? {} : { ExclusiveStartKey: startKey }),
      }),
    );
    for (const item of Items) {
      const run = readRunEntry(item);
      if (run !== undefined) {
        yield run;
      }
    }
    startKey = LastEvaluatedKey;
  } while (startKey !== undefined);
}

interface Condition {
  readonly expression: string;
  readonly names: Readonly<Record<string, string>>;
  readonly values: Readonly<Record<string, AttributeValue>>;
}

function expressions(key: string, filter: RunFilter) {
  const conditions = conditionsOf(filter);
  return {
    KeyConditionExpression: '#day = :day AND #received >= :since',
    ...(conditions.length === 0
      ? {}
      : { FilterExpression: conditions.map(({ expression }) => expression).join(' AND ') }),
    ExpressionAttributeNames: Object.assign(
      { '#day': runsByDay.partitionKey, '#received': runsByDay.sortKey },
      ...conditions.map(({ names }) => names),
    ) as Record<string, string>,
    ExpressionAttributeValues: Object.assign(
      { ':day': text(key), ':since': number(filter.sinceMs) },
      ...conditions.map(({ values }) => values),
    ) as Record<string, AttributeValue>,
  };
}

function conditionsOf({
  trigger,
  userId,
  states,
  idPrefix,
  updatedSinceMs,
}: RunFilter): readonly Condition[] {
  return [
    ...(trigger === undefined
      ? []
      : [condition('#trigger = :trigger', 'trigger', { ':trigger': text(trigger) })]),
    ...(userId === undefined ? [] : [condition('#userId = :userId', 'userId', { ':userId': text(userId) })]),
    ...(states === undefined ? [] : [stateCondition(states)]),
    ...(idPrefix === undefined
      ? []
      : [condition('begins_with(#pk, :id)', 'pk', { ':id': text(runKey(idPrefix)) })]),
    ...(updatedSinceMs === undefined
      ? []
      : [condition('#updatedAtMs >= :updated', 'updatedAtMs', { ':updated': number(updatedSinceMs) })]),
  ];
}

function stateCondition(states: readonly string[]): Condition {
  const values = Object.fromEntries(states.map((state, index) => [`:state${index}`, text(state)]));
  return condition(`#state IN (${Object.keys(values).join(', ')})`, 'state', values);
}

function condition(
  expression: string,
  attribute: string,
  values: Readonly<Record<string, AttributeValue>>,
): Condition {
  return { expression, names: { [`#${attribute}`]: attribute }, values };
}
