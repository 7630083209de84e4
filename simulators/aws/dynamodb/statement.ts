import type { AttributeValue, BatchStatementRequest } from '@aws-sdk/client-dynamodb';
import type { LedgerItem } from '../../../functions/ledger/ledgerTable.ts';

/** A PartiQL statement as a write of one item, with DynamoDB's code for a condition that does not hold. */
export type Statement =
  | { readonly kind: 'insert'; readonly item: LedgerItem; readonly refusedAs: 'DuplicateItem' }
  | {
      readonly kind: 'update' | 'delete';
      readonly pk: AttributeValue;
      readonly set: LedgerItem;
      readonly where: LedgerItem;
      readonly refusedAs: 'ConditionalCheckFailed';
    };

const insert = /^INSERT INTO "[^"]+" VALUE \{(.+)\}$/;
const update = /^UPDATE "[^"]+" SET (.+) WHERE (.+)$/;
const remove = /^DELETE FROM "[^"]+" WHERE (.+)$/;

/**
 * Reads a statement of the ledger: INSERT of a whole item, UPDATE and DELETE by key and further attributes.
 *
 * @throws Error for what the ledger does not use
 */
export function readStatement({ Statement: text = '', Parameters = [] }: BatchStatementRequest): Statement {
  const values = [...Parameters];
  const inserted = insert.exec(text);
  if (inserted !== null) {
    return {
      kind: 'insert',
      item: assigned(inserted[1], ', ', /^'(\w+)': \?$/, values),
      refusedAs: 'DuplicateItem',
    };
  }
  const updated = update.exec(text);
  const removed = remove.exec(text);
  if (updated === null && removed === null) {
    throw new Error(`The simulated DynamoDB does not understand the statement: ${text}`);
  }
  const set = updated === null ? {} : assigned(updated[1], ', ', /^"(\w+)"=\?$/, values);
  const { pk = {} as AttributeValue, ...where } = assigned(
    updated?.[2] ?? removed?.[1],
    ' AND ',
    /^"(\w+)"=\?$/,
    values,
  );
  return {
    kind: updated === null ? 'delete' : 'update',
    pk,
    set,
    where,
    refusedAs: 'ConditionalCheckFailed',
  };
}

/** The attributes that a part of a statement names, with the next parameters. */
function assigned(
  part: string | undefined,
  separator: string,
  pattern: RegExp,
  values: AttributeValue[],
): LedgerItem {
  return Object.fromEntries(
    (part ?? '').split(separator).map((one) => {
      const name = pattern.exec(one)?.[1];
      const value = values.shift();
      if (name === undefined || value === undefined) {
        throw new Error(`The simulated DynamoDB does not understand ${one} in a statement`);
      }
      return [name, value];
    }),
  );
}
