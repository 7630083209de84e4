import { type AttributeValue, ScanCommand } from '@aws-sdk/client-dynamodb';
import { inflatedText } from '../ledger/collectedEvents.ts';
import { lookupUser } from '../ledger/keys.ts';
import { type LedgerItem, type LedgerTable, text } from '../ledger/ledgerTable.ts';
import { parkedPartPrefix, runOfPartKey } from '../ledger/parkedItem.ts';
import { runKey, runKeyPrefix } from '../ledger/runLease.ts';
import { findLargeEvents, partPrefix } from './findLargeEvents.ts';
import { findSeenItems } from './findSeenItems.ts';
import type { ForgottenUsers } from './forgottenUsers.ts';
import { type OpenPull, openPullOf, pullPrefix } from './pullStates.ts';
import { readInTime } from './readInTime.ts';
import { type CollectedEvent, eventsIn, type FoundEvent, type UserData } from './userData.ts';

const detailsPrefix = 'details#';
const collectedPrefix = 'collected#';
const lookupPrefix = 'lookup#';
const pulledPrefix = 'pulled#';
const seenPrefix = 'seen#';
const lastResultPrefix = 'lastResult#';

/**
 * Reads the whole table once and keeps what belongs to users.
 *
 * @param onProgress called after each page with the number of items that were read
 * @param hasTime asked after each page but the last, and before each further read
 * @returns `undefined` if the time was up before all was read
 */
export async function findUserData(
  table: LedgerTable,
  users: ForgottenUsers,
  onProgress: (itemsRead: number) => void,
  hasTime: () => boolean,
): Promise<UserData | undefined> {
  const found: Found = {
    pulls: [],
    runs: new Map(),
    details: new Map(),
    collected: [],
    lookups: new Map(),
    partKeys: [],
    parkedPartKeys: [],
    seenKeys: [],
  };
  for await (const { items, itemsRead, isLast } of scan(table)) {
    for (const item of items) {
      keepOfUsers(found, item, users);
    }
    onProgress(itemsRead);
    if (!isLast && !hasTime()) {
      return undefined;
    }
  }
  const { details, collected, lookups, partKeys } = found;
  const runs = await withSharedRuns(table, found, hasTime);
  const large = runs && (await findLargeEvents(table, { partKeys, runs, details }, users, hasTime));
  const seen = large && (await findSeenItems(table, found.seenKeys, idsOfItems(found, users), hasTime));
  return (
    large &&
    seen && {
      pulls: found.pulls,
      seen,
      runs,
      details,
      collected: [...collected, ...large.collected],
      lookups,
      tornParts: large.tornParts,
      parkedParts: Map.groupBy(found.parkedPartKeys, runOfPartKey),
    }
  );
}

interface Found {
  readonly pulls: OpenPull[];
  readonly runs: Map<string, LedgerItem>;
  readonly details: Map<string, readonly FoundEvent[]>;
  readonly collected: CollectedEvent[];
  readonly lookups: Map<string, string>;
  /** The keys of all parts of large events: whose they are is known only once they are put together. */
  readonly partKeys: string[];
  /** The keys of all parts of parked messages. They name their run, which says whose they are. */
  readonly parkedPartKeys: string[];
  /** The keys of all sets of items that pulls have seen. */
  readonly seenKeys: string[];
}

function keepOfUsers(found: Found, item: LedgerItem, users: ForgottenUsers): void {
  const pk = item.pk?.S ?? '';
  if (pk.startsWith(runKeyPrefix) && users.idOf(item.userId?.S) !== undefined) {
    found.runs.set(pk.slice(runKeyPrefix.length), item);
    return;
  }
  if (pk.startsWith(pullPrefix)) {
    found.pulls.push(...[openPullOf(item, users)].filter((pull) => pull !== undefined));
    return;
  }
  const keys = keysToRead(found, pk);
  if (keys !== undefined) {
    keys.push(pk);
    return;
  }
  if (pk.startsWith(lookupPrefix) || pk.startsWith(pulledPrefix)) {
    const user = userOfKept(item, users);
    if (user !== undefined) {
      found.lookups.set(pk, user);
    }
    return;
  }
  const events = eventsIn(item.events?.S ?? `[${item.event?.S ?? ''}]`, users);
  const event = events.find(({ user }) => user !== undefined);
  if (event !== undefined && pk.startsWith(detailsPrefix)) {
    found.details.set(pk.slice(detailsPrefix.length), events);
  } else if (event !== undefined) {
    found.collected.push({ ...event, keys: [pk] });
  }
}

/** Where the key of an item is noted that says only later whose it is; `undefined` for other items. */
function keysToRead({ partKeys, parkedPartKeys, seenKeys }: Found, pk: string): string[] | undefined {
  if (pk.startsWith(partPrefix)) {
    return partKeys;
  }
  if (pk.startsWith(parkedPartPrefix)) {
    return parkedPartKeys;
  }
  return pk.startsWith(seenPrefix) ? seenKeys : undefined;
}

/** Whose a looked-up value is, or what a pull knows of an item. A list of members holds the ids of several users. */
function userOfKept({ ofUser, value }: LedgerItem, users: ForgottenUsers): string | undefined {
  const json = value?.B === undefined ? '' : inflatedText([value.B]);
  return (
    users.ids.find((id) => lookupUser(id) === ofUser?.S) ??
    users.ids.find((id) => json.includes(JSON.stringify(id)))
  );
}

/** Item of a pull → user. What was queued of an item has its id in its key; a run of it has it as an attribute. */
function idsOfItems(
  { runs, lookups }: Pick<Found, 'runs' | 'lookups'>,
  users: ForgottenUsers,
): ReadonlyMap<string, string> {
  const ofRuns = [...runs.values()].flatMap(({ pulledItem, userId }) => {
    const user = users.idOf(userId?.S);
    return pulledItem?.S === undefined || user === undefined ? [] : [[pulledItem.S, user] as const];
  });
  const queued = [...lookups].flatMap(([pk, user]) =>
    pk.startsWith(pulledPrefix) ? [[pk.slice(pulledPrefix.length), user] as const] : [],
  );
  return new Map([...ofRuns, ...queued]);
}

/** Adds the runs of other users that were made for an event of a forgotten user too. */
async function withSharedRuns(
  table: LedgerTable,
  { runs, details }: Pick<Found, 'runs' | 'details'>,
  hasTime: () => boolean,
): Promise<UserData['runs'] | undefined> {
  const missing = [...details.keys()].filter((runId) => !runs.has(runId));
  const items = await readInTime(table, missing.map(runKey), hasTime);
  return (
    items &&
    new Map([...runs, ...[...items].map(([pk, item]) => [pk.slice(runKeyPrefix.length), item] as const)])
  );
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
        // Most items are claims, which hold no personal data. The items of parked runs are found by their runs: to read the
        // messages of all of them would take long.
        FilterExpression:
          'begins_with(pk, :pull) OR begins_with(pk, :run) OR begins_with(pk, :details) OR begins_with(pk, :collected) ' +
          'OR begins_with(pk, :part) OR begins_with(pk, :parkedPart) OR begins_with(pk, :lookup) ' +
          'OR begins_with(pk, :pulled) OR begins_with(pk, :seen) OR begins_with(pk, :lastResult)',
        ExpressionAttributeValues: {
          ':pull': text(pullPrefix),
          ':run': text(runKeyPrefix),
          ':details': text(detailsPrefix),
          ':collected': text(collectedPrefix),
          ':part': text(partPrefix),
          ':parkedPart': text(parkedPartPrefix),
          ':lookup': text(lookupPrefix),
          ':pulled': text(pulledPrefix),
          ':seen': text(seenPrefix),
          ':lastResult': text(lastResultPrefix),
        },
        ...(startKey === undefined ? {} : { ExclusiveStartKey: startKey }),
      }),
    );
    itemsRead += ScannedCount;
    startKey = LastEvaluatedKey;
    yield { items: Items, itemsRead, isLast: startKey === undefined };
  } while (startKey !== undefined);
}
