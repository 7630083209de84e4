import type { AttributeValue, Update } from '@aws-sdk/client-dynamodb';
import { runKey } from './runKeys.ts';
import type { RunLease } from './runTransitions.ts';
import { text, type UpdateParts } from './updateExpression.ts';

/** A change of a run's record by the delivery that holds it. */
export interface OwnedChange {
  readonly set: UpdateParts;
  /** Attributes to remove. */
  readonly remove?: readonly string[];
  /** Beside the hold. */
  readonly condition?: string;
  /** Placeholders of the condition that `set` has not. */
  readonly names?: Readonly<Record<string, string>>;
}

/** The update of a run's record, on condition that this delivery still holds it. */
export function ownedUpdate(
  table: string,
  lease: RunLease,
  { set, remove = [], condition, names = {} }: OwnedChange,
): Update & { readonly UpdateExpression: string } {
  const removed = Object.fromEntries(remove.map((name) => [`#${name}`, name]));
  const values: Record<string, AttributeValue> = { ...set.values, ':owner': text(lease.owner) };
  const parts = [
    ...(set.assignments === '' ? [] : [`SET ${set.assignments}`]),
    ...(remove.length === 0 ? [] : [`REMOVE ${Object.keys(removed).join(', ')}`]),
  ];
  return {
    TableName: table,
    Key: { ...runKey(lease.runId) },
    UpdateExpression: parts.join(' '),
    ConditionExpression: ['#owner = :owner', ...(condition === undefined ? [] : [condition])].join(' AND '),
    ExpressionAttributeNames: { ...set.names, ...removed, ...names, '#owner': 'owner' },
    ExpressionAttributeValues: values,
  };
}
