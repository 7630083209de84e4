import { type AttributeValue, ScanCommand } from '@aws-sdk/client-dynamodb';
import { inflatedText } from '../ledger/collectedEvents.ts';
import { type LedgerItem, type LedgerTable, text } from '../ledger/ledgerTable.ts';
import type { ForgottenUsers } from './forgottenUsers.ts';

/** The key of a run item before the run's id. */
export const runKeyPrefix = 'run#';
const detailsPrefix = 'details#';
const collectedPrefix = 'collected#';
const partPrefix = 'eventPart#';

/** An event in the ledger, and the forgotten user whom it is about, if any. */
export interface FoundEvent {
  readonly event: unknown;
  readonly user: string | undefined;
}

/** What one scan finds of users. */
export interface UserData {
  /** Run id → the item of each run that is a user's, or that was made for an event of a user. */
  readonly runs: ReadonlyMap<string, LedgerItem>;
  /** Run id → all events of the run; only runs with an event of a user. */
  readonly details: ReadonlyMap<string, readonly FoundEvent[]>;
  /** Key → the event of a user that waits in a collection, or was collected. That of a large event is its first part's. */
  readonly collected: ReadonlyMap<string, FoundEvent>;
  /** Key → user of each further part of a large event, and of all parts if some are missing. */
  readonly parts: ReadonlyMap<string, string>;
}

/**
 * Reads the whole table once and keeps what belongs to users.
 *
 * @param onProgress called after each page with the number of items that were read
 * @param hasTime asked after each page but the last, and before each large event
 * @returns `undefined` if the time was up before the end of the table
 */
export async function findUserData(
  table: LedgerTable,
  users: ForgottenUsers,
  onProgress: (itemsRead: number) => void,
  hasTime: () => boolean,
): Promise<UserData | undefined> {
  const found: Found = { runs: new Map(), details: new Map(), collected: new Map(), partKeys: [] };
  for await (const { items, itemsRead, isLast } of scan(table)) {
    for (const item of items) {
      keepOfUsers(found, item, users);
    }
    onProgress(itemsRead);
    if (!isLast && !hasTime()) {
      return undefined;
    }
  }
  const { details, collected } = found;
  const large = await findLargeEvents(table, found, users, hasTime);
  if (large === undefined) {
    return undefined;
  }
  return {
    runs: await withSharedRuns(table, found),
    details,
    collected: new Map([...collected, ...large.collected]),
    parts: large.parts,
  };
}

interface Found {
  readonly runs: Map<string, LedgerItem>;
  readonly details: Map<string, readonly FoundEvent[]>;
  readonly collected: Map<string, FoundEvent>;
  /** The keys of all parts of large events: whose they are is known only once they are put together. */
  readonly partKeys: string[];
}

function keepOfUsers(found: Found, item: LedgerItem, users: ForgottenUsers): void {
  const pk = item.pk?.S ?? '';
  if (pk.startsWith(runKeyPrefix) && users.idOf(item.userId?.S) !== undefined) {
    found.runs.set(pk.slice(runKeyPrefix.length), item);
    return;
  }
  if (pk.startsWith(partPrefix)) {
    found.partKeys.push(pk);
    return;
  }
  const events = eventsIn(item.events?.S ?? `[${item.event?.S ?? ''}]`, users);
  const event = events.find(({ user }) => user !== undefined);
  if (event !== undefined && pk.startsWith(detailsPrefix)) {
    found.details.set(pk.slice(detailsPrefix.length), events);
  } else if (event !== undefined) {
    found.collected.set(pk, event);
  }
}

/** Adds the runs of other users that were made for an event of a forgotten user too. */
async function withSharedRuns(
  table: LedgerTable,
  { runs, details }: Pick<Found, 'runs' | 'details'>,
): Promise<ReadonlyMap<string, LedgerItem>> {
  const missing = [...details.keys()].filter((runId) => !runs.has(runId));
  const items = await table.read(missing.map((runId) => `${runKeyPrefix}${runId}`));
  return new Map([
    ...runs,
    ...[...items].map(([pk, item]) => [pk.slice(runKeyPrefix.length), item] as const),
  ]);
}

/**
 * The events of users that are kept in parts. Parts of which some are missing, after a crash, are those of the user whose
 * run has written them.
 *
 * @returns `undefined` if the time was up before the last of them
 */
async function findLargeEvents(
  table: LedgerTable,
  { partKeys, runs }: Pick<Found, 'partKeys' | 'runs'>,
  users: ForgottenUsers,
  hasTime: () => boolean,
): Promise<Pick<UserData, 'collected' | 'parts'> | undefined> {
  const collected = new Map<string, FoundEvent>();
  const parts = new Map<string, string>();
  const byEvent = Map.groupBy(partKeys.toSorted(), (pk) => pk.slice(0, pk.lastIndexOf('#')));
  for (const keys of byEvent.values()) {
    if (!hasTime()) {
      return undefined;
    }
    const items = await table.read(keys);
    const json = inflated(keys.flatMap((key) => items.get(key)?.part?.B ?? []));
    const [found] = eventsIn(json, users);
    const [first = '', ...others] = keys;
    if (found?.user !== undefined) {
      collected.set(first, found);
    }
    const user = found === undefined ? users.idOf(runs.get(runOfPart(first))?.userId?.S) : found.user;
    for (const key of found === undefined ? keys : others) {
      if (user !== undefined) {
        parts.set(key, user);
      }
    }
  }
  return { collected, parts };
}

/** JSON of a list of the event; none if a part is missing. */
function inflated(parts: readonly Uint8Array[]): string | undefined {
  try {
    return `[${inflatedText(parts)}]`;
  } catch {
    return undefined;
  }
}

/** The run whose event has this part: `eventPart#<run id>-<time>#<n>`. */
function runOfPart(pk: string): string {
  return pk.slice(partPrefix.length).split('-')[0] ?? '';
}

/** A page of the scan: about 1 MB of the table. */
interface Page {
  readonly items: readonly LedgerItem[];
  /** All so far. */
  readonly itemsRead: number;
  readonly isLast: boolean;
}

async function* scan(table: LedgerTable): AsyncGenerator<Page> {
  let startKey: Record<string, AttributeValue> | undefined;
  let itemsRead = 0;
  do {
    const {
      Items = [],
      ScannedCount = 0,
      LastEvaluatedKey,
    } = await table.send(
      new ScanCommand({
        TableName: table.name,
        // Most items are claims, which hold no personal data.
        FilterExpression:
          'begins_with(pk, :run) OR begins_with(pk, :details) OR begins_with(pk, :collected) ' +
          'OR begins_with(pk, :part)',
        ExpressionAttributeValues: {
          ':run': text(runKeyPrefix),
          ':details': text(detailsPrefix),
          ':collected': text(collectedPrefix),
          ':part': text(partPrefix),
        },
        ...(startKey === undefined ? {} : { ExclusiveStartKey: startKey }),
      }),
    );
    itemsRead += ScannedCount;
    startKey = LastEvaluatedKey;
    yield { items: Items, itemsRead, isLast: startKey === undefined };
  } while (startKey !== undefined);
}

/** The events in a JSON array; none if it cannot be read. */
function eventsIn(json: string | undefined, users: ForgottenUsers): readonly FoundEvent[] {
  try {
    const events: unknown = json === undefined ? [] : JSON.parse(json);
    return Array.isArray(events) ? events.map((event) => ({ event, user: users.ofEvent(event) })) : [];
  } catch {
    return [];
  }
}
