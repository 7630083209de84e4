import { type AttributeValue, QueryCommand } from '@aws-sdk/client-dynamodb';
import { mapConcurrently } from '../../../functions/aws/mapConcurrently.ts';
import { number, text } from '../../../functions/ledger/updateExpression.ts';
import { runsByDay } from '../../../infra/runsByDay.ts';
import type { Ledger } from '../deployment/deployment.ts';
import { type RunEntry, readRunEntry, runKeyPrefix } from './runEntry.ts';

const dayMs = 86_400_000;
/** Days that are read at the same time. */
const daysAtOnce = 8;

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
    yield* queryDay(ledger, day, filter);
  }
}

/** All runs that pass a filter, in no order, because days are read at the same time. */
export async function visitRuns(
  ledger: Ledger,
  filter: RunFilter,
  nowMs: number,
  visit: (run: RunEntry) => void,
): Promise<void> {
  await mapConcurrently(daysSince(filter.sinceMs, nowMs), daysAtOnce, async (day) => {
    for await (const run of queryDay(ledger, day, filter)) {
      visit(run);
    }
  });
}

/** The UTC days from a time until now, the last first. */
function daysSince(sinceMs: number, nowMs: number): readonly string[] {
  const first = Math.floor(sinceMs / dayMs);
  const last = Math.floor(nowMs / dayMs);
  return Array.from({ length: last - first + 1 }, (_, index) =>
    new Date((last - index) * dayMs).toISOString().slice(0, 10),
  );
}

async function* queryDay(ledger: Ledger, day: string, filter: RunFilter): AsyncGenerator<RunEntry> {
  let startKey: Record<string, AttributeValue> | undefined;
  do {
    const { Items = [], LastEvaluatedKey } = await ledger.dynamodb.send(
      new QueryCommand({
        TableName: ledger.tableName,
        IndexName: runsByDay.indexName,
        ...expressions(day, filter),
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

function expressions(day: string, filter: RunFilter) {
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
      { ':day': text(day), ':since': number(filter.sinceMs) },
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
      : [condition('begins_with(#pk, :id)', 'pk', { ':id': text(`${runKeyPrefix}${idPrefix}`) })]),
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
