import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import type { LedgerItem } from '../../../functions/ledger/ledgerTable.ts';

/** Items never change: a changed item is another object. */
const known = new WeakMap<LedgerItem, number>();

/**
 * The size of an item as DynamoDB counts it: names and strings in UTF-8, a number one byte for two digits and one more.
 * Source: Amazon DynamoDB developer guide, "DynamoDB item sizes and formats".
 */
export function itemBytes(item: LedgerItem): number {
  const before = known.get(item);
  if (before !== undefined) {
    return before;
  }
  let bytes = 0;
  for (const name in item) {
    const value = item[name];
    bytes += name.length + (value === undefined ? 0 : valueBytes(value));
  }
  known.set(item, bytes);
  return bytes;
}

function valueBytes({ S, N, B, M, SS }: AttributeValue): number {
  if (S !== undefined) {
    return Buffer.byteLength(S);
  }
  if (N !== undefined) {
    return numberBytes(N);
  }
  if (B !== undefined) {
    return B.length;
  }
  if (SS !== undefined) {
    return SS.reduce((sum, member) => sum + Buffer.byteLength(member), 0);
  }
  if (M !== undefined) {
    return 3 + Object.entries(M).reduce((sum, [name, value]) => sum + 1 + name.length + valueBytes(value), 0);
  }
  throw new Error(
    'The ledger has strings, numbers, bytes, sets of strings and maps: the simulation knows no other type',
  );
}

const zero = '0'.charCodeAt(0);

/** Zeros before the first digit and after the last one are not stored. */
function numberBytes(text: string): number {
  let digits = 0;
  let significant = 0;
  for (let index = 0; index < text.length; index += 1) {
    const digit = text.charCodeAt(index) - zero;
    if (digit >= 0 && digit <= 9 && (digits > 0 || digit > 0)) {
      digits += 1;
      significant = digit > 0 ? digits : significant;
    }
  }
  return Math.ceil(significant / 2) + 1 + (text.startsWith('-') ? 1 : 0);
}
