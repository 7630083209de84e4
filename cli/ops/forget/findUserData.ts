import { type AttributeValue, ScanCommand } from '@aws-sdk/client-dynamodb';
import { inflatedText } from '../../../functions/ledger/collectedEvents.ts';
import { LedgerTable, text } from '../../../functions/ledger/ledgerTable.ts';
import type { Ledger } from '../deployment/deployment.ts';
import { runKeyPrefix } from '../ledger/runEntry.ts';
import type { ForgottenUsers } from './forgottenUsers.ts';

const detailsPrefix = 'details#';
const collectedPrefix = 'collected#';
const partPrefix = 'eventPart#';

export type Item = Readonly<Record<string, AttributeValue>>;

/** An event in the ledger, and the forgotten user whom it is about, if any. */
export interface FoundEvent {
  readonly event: unknown;
  readonly user: string | undefined;
}

/** What one scan finds of users. */
export interface UserData {
  /** Run id → the item of each run that is a user's, or that was made for an event of a user. */
  readonly runs: ReadonlyMap<string, Item>;
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
 */
export async function findUserData(
  ledger: Ledger,
  users: ForgottenUsers,
  onProgress: (itemsRead: number) => void,
): Promise<UserData> {
  const runs = new Map<string, Item>();
  const details = new Map<string, readonly FoundEvent[]>();
  const collected = new Map<string, FoundEvent>();
  const partKeys: string[] = [];
  for await (const item of scan(ledger, onProgress)) {
    const pk = item.pk?.S ?? '';
    if (pk.startsWith(runKeyPrefix) && users.idOf(item.userId?.S) !== undefined) {
      runs.set(pk.slice(runKeyPrefix.length), item);
      continue;
    }
    if (pk.startsWith(partPrefix)) {
      partKeys.push(pk);
      continue;
    }
    const events = eventsIn(item.events?.S ?? `[${item.event?.S ?? ''}]`, users);
    const found = events.find(({ user }) => user !== undefined);
    if (found !== undefined && pk.startsWith(detailsPrefix)) {
      details.set(pk.slice(detailsPrefix.length), events);
    } else if (found !== undefined) {
      collected.set(pk, found);
    }
  }
  const large = await findLargeEvents(ledger, partKeys, { users, runs });
  return {
    runs: await withSharedRuns(ledger, runs, details),
    details,
    collected: new Map([...collected, ...large.collected]),
    parts: large.parts,
  };
}

/** Adds the runs of other users that were made for an event of a forgotten user too. */
async function withSharedRuns(
  { dynamodb, tableName }: Ledger,
  runs: ReadonlyMap<string, Item>,
  details: UserData['details'],
): Promise<ReadonlyMap<string, Item>> {
  const missing = [...details.keys()].filter((runId) => !runs.has(runId));
  const items = await new LedgerTable(dynamodb, tableName).read(
    missing.map((runId) => `${runKeyPrefix}${runId}`),
  );
  return new Map([
    ...runs,
    ...[...items].map(([pk, item]) => [pk.slice(runKeyPrefix.length), item] as const),
  ]);
}

/**
 * The events of users that are kept in parts. Parts of which some are missing, after a crash, are those of the user whose
 * run has written them.
 */
async function findLargeEvents(
  { dynamodb, tableName }: Ledger,
  partKeys: readonly string[],
  { users, runs }: { readonly users: ForgottenUsers; readonly runs: UserData['runs'] },
): Promise<Pick<UserData, 'collected' | 'parts'>> {
  const table = new LedgerTable(dynamodb, tableName);
  const collected = new Map<string, FoundEvent>();
  const parts = new Map<string, string>();
  const byEvent = Map.groupBy([...partKeys].sort(), (pk) => pk.slice(0, pk.lastIndexOf('#')));
  for (const keys of byEvent.values()) {
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

async function* scan(
  { dynamodb, tableName }: Ledger,
  onProgress: (itemsRead: number) => void,
): AsyncGenerator<Item> {
  let startKey: Record<string, AttributeValue> | undefined;
  let itemsRead = 0;
  do {
    const {
      Items = [],
      ScannedCount = 0,
      LastEvaluatedKey,
    } = await dynamodb.send(
      new ScanCommand({
        TableName: tableName,
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
    yield* Items;
    itemsRead += ScannedCount;
    onProgress(itemsRead);
    startKey = LastEvaluatedKey;
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
