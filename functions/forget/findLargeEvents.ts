import { inflatedText } from '../ledger/collectedEvents.ts';
import type { LedgerTable } from '../ledger/ledgerTable.ts';
import type { ForgottenUsers } from './forgottenUsers.ts';
import { type CollectedEvent, eventsIn, type UserData } from './userData.ts';

/** The key of a part before the id of its event. */
export const partPrefix = 'eventPart#';

/** What a scan has found, as far as large events need it. */
export interface ScannedParts extends Pick<UserData, 'runs' | 'details'> {
  /** The keys of all parts: whose they are is known only once they are put together. */
  readonly partKeys: readonly string[];
}

/**
 * The events of users that are kept in parts. One event at a time is in memory, and only those of users stay there.
 *
 * @returns `undefined` if the time was up before the last of them
 */
export async function findLargeEvents(
  table: LedgerTable,
  { partKeys, runs, details }: ScannedParts,
  users: ForgottenUsers,
  hasTime: () => boolean,
): Promise<Pick<UserData, 'collected' | 'tornParts'> | undefined> {
  const collected: CollectedEvent[] = [];
  const tornParts = new Map<string, string>();
  for (const [id, unordered] of Map.groupBy(partKeys, idOfParts)) {
    if (!hasTime()) {
      return undefined;
    }
    const keys = unordered.toSorted((a, b) => numberOfPart(a) - numberOfPart(b));
    const items = await table.read(keys);
    const [found] = eventsIn(inflated(keys.flatMap((key) => items.get(key)?.part?.B ?? [])), users);
    if (found?.user !== undefined) {
      collected.push({ ...found, keys });
    }
    const writer = found === undefined ? userOfRun(runOfParts(id), { runs, details }, users) : undefined;
    if (writer !== undefined) {
      keys.forEach((key) => void tornParts.set(key, writer));
    }
  }
  return { collected, tornParts };
}

/** JSON of a list of the event; none if a part is missing. */
function inflated(parts: readonly Uint8Array[]): string | undefined {
  try {
    return `[${inflatedText(parts)}]`;
  } catch {
    return undefined;
  }
}

/**
 * The user whose parts a run has written, when the parts no longer say it: some are missing after a crash. An event of the
 * user counts only if the run has none of others, because the parts may belong to their event.
 */
function userOfRun(
  runId: string,
  { runs, details }: Pick<UserData, 'runs' | 'details'>,
  users: ForgottenUsers,
): string | undefined {
  const events = details.get(runId) ?? [];
  const isOneUsers = events.every(({ user }) => user !== undefined);
  return users.idOf(runs.get(runId)?.userId?.S) ?? (isOneUsers ? events[0]?.user : undefined);
}

/** `eventPart#<run id>-<time>` of `eventPart#<run id>-<time>#<n>`. */
function idOfParts(pk: string): string {
  return pk.slice(0, pk.lastIndexOf('#'));
}

function numberOfPart(pk: string): number {
  return Number(pk.slice(pk.lastIndexOf('#') + 1));
}

function runOfParts(id: string): string {
  return id.slice(partPrefix.length).split('-')[0] ?? '';
}
