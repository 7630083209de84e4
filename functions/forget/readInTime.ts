import type { LedgerItem, LedgerTable } from '../ledger/ledgerTable.ts';

/** Keys that one call takes. */
const keysPerCall = 100;

/**
 * Reads items, and asks before each call whether there is time left.
 *
 * @param keys all different
 * @returns the items by key, or `undefined` if the time was up
 */
export async function readInTime(
  table: LedgerTable,
  keys: readonly string[],
  hasTime: () => boolean,
): Promise<ReadonlyMap<string, LedgerItem> | undefined> {
  const items = new Map<string, LedgerItem>();
  for (let read = 0; read < keys.length; read += keysPerCall) {
    if (!hasTime()) {
      return undefined;
    }
    for (const [pk, item] of await table.read(keys.slice(read, read + keysPerCall))) {
      items.set(pk, item);
    }
  }
  return items;
}
