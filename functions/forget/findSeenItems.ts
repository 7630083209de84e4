import type { LedgerItem, LedgerTable } from '../ledger/ledgerTable.ts';
import { readInTime } from './readInTime.ts';
import type { UserData } from './userData.ts';

/** A set of items that a pull has seen has up to 80 KB. */
const setsPerRead = 20;

/**
 * The items of users among those that pulls have seen.
 *
 * @param keys of all sets of items
 * @param userOf item → user
 * @returns `undefined` if the time was up before the last of them
 */
export async function findSeenItems(
  table: LedgerTable,
  keys: readonly string[],
  userOf: ReadonlyMap<string, string>,
  hasTime: () => boolean,
): Promise<UserData['seen'] | undefined> {
  const seen = new Map<string, ReadonlyMap<string, string>>();
  for (let read = 0; userOf.size > 0 && read < keys.length; read += setsPerRead) {
    const sets = await readInTime(table, keys.slice(read, read + setsPerRead), hasTime);
    if (sets === undefined) {
      return undefined;
    }
    for (const [pk, set] of sets) {
      const ofUsers = itemsOfUsers(set, userOf);
      if (ofUsers.size > 0) {
        seen.set(pk, ofUsers);
      }
    }
  }
  return seen;
}

function itemsOfUsers(
  { items }: LedgerItem,
  userOf: ReadonlyMap<string, string>,
): ReadonlyMap<string, string> {
  return new Map(
    (items?.SS ?? []).flatMap((id) => {
      const user = userOf.get(id);
      return user === undefined ? [] : [[id, user] as const];
    }),
  );
}
