import {
  ConditionalCheckFailedException,
  type Put,
  type TransactWriteItem,
  type Update,
  type UpdateItemCommandInput,
} from '@aws-sdk/client-dynamodb';
import type { LedgerItem } from '../../../functions/ledger/ledgerTable.ts';
import { changeOf } from './change.ts';
import { conditionOf } from './condition.ts';
import { itemBytes } from './itemBytes.ts';
import { type LedgerUnits, noUnits, writeUnits } from './units.ts';

/** What a call answers, and what it is billed as. */
export interface Answered<Output> {
  readonly output: Output;
  readonly units: LedgerUnits;
}

/** A write whose condition did not hold: it is billed, too. */
export interface Refused {
  readonly error: Error;
  readonly units: LedgerUnits;
}

/** Whatever a write of one item may say beside its change. */
type Conditional = Pick<
  Update,
  'ConditionExpression' | 'ExpressionAttributeNames' | 'ExpressionAttributeValues'
>;

/** Of a write that finds or leaves an item. */
export function unitsOf(item: LedgerItem | undefined): number {
  return writeUnits(item === undefined ? 0 : itemBytes(item));
}

/** The item that an update makes. */
export function changed(
  pk: string,
  before: LedgerItem | undefined,
  {
    UpdateExpression = '',
    ExpressionAttributeNames: names = {},
    ExpressionAttributeValues: values = {},
  }: Update | UpdateItemCommandInput,
): LedgerItem {
  const item = before ?? { pk: { S: pk } };
  return UpdateExpression === '' ? item : changeOf(UpdateExpression)({ item, names, values });
}

/** The attributes that an update has set. */
export function updated(before: LedgerItem | undefined, after: LedgerItem): LedgerItem {
  return Object.fromEntries(Object.entries(after).filter(([name, value]) => before?.[name] !== value));
}

/** `undefined` if the item meets the condition of a write. */
export function refusal(
  item: LedgerItem | undefined,
  {
    ConditionExpression,
    ExpressionAttributeNames: names = {},
    ExpressionAttributeValues: values = {},
  }: Conditional,
  returnsItem: boolean,
): Refused | undefined {
  if (
    ConditionExpression === undefined ||
    conditionOf(ConditionExpression)({ item: item ?? {}, names, values })
  ) {
    return undefined;
  }
  const error = new ConditionalCheckFailedException({
    message: 'The conditional request failed',
    $metadata: {},
    ...(returnsItem && item !== undefined ? { Item: { ...item } } : {}),
  });
  return { error, units: { ...noUnits, calls: 1, writes: unitsOf(item) } };
}

/** One write of a transaction. */
export function toWrite({ Update: update, Put: put }: TransactWriteItem): {
  readonly pk: string;
  readonly input: Update | Put;
} {
  if (update !== undefined) {
    return { pk: update.Key?.pk?.S ?? '', input: update };
  }
  if (put !== undefined) {
    return { pk: put.Item?.pk?.S ?? '', input: put };
  }
  throw new Error('The simulated DynamoDB has transactions of updates and puts alone');
}
