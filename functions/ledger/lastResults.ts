import {
  type CollectedEntry,
  mostCollectedBytes,
  mostCompared,
  readEntry,
  writeEntry,
} from './collectedEvents.ts';
import { lastResultKey } from './keys.ts';
import { type ItemPut, type LedgerTable, number, text } from './ledgerTable.ts';
import { SeenItems } from './seenItems.ts';
import { shortenedJson } from './shortened.ts';

/** JSON of an item's event and result; of longer ones the texts are cut. */
const maxEntryBytes = 100_000;
/** At once in memory: 2 MB at most. */
const itemsPerRead = 20;
/** A yearly pull still knows the results of the year before. */
const keptSeconds = 400 * 86_400;

const isNotOlder = 'attribute_not_exists(pk) OR #asOfMs <= :asOf';

/** A result that a trigger collects, of one item of a pull. */
export interface ItemResult {
  /** The trigger that collects. */
  readonly trigger: string;
  readonly pulledItem: string;
  /** Key of the collection that it joins. */
  readonly collection: string;
  readonly entry: CollectedEntry;
  /** When the event happened: a result of an older event does not replace a newer one. */
  readonly asOfMs: number;
  readonly runId: string;
}

/** The write that keeps the last result of an item, unless a newer one is kept. */
export function lastResultPut(
  { trigger, pulledItem, collection, entry, asOfMs, runId }: ItemResult,
  nowMs: number,
): ItemPut {
  return {
    item: {
      pk: text(lastResultKey(trigger, pulledItem)),
      event: text(boundedEntry(entry)),
      collectionKey: text(collection),
      asOfMs: number(asOfMs),
      collectedAtMs: number(nowMs),
      runId: text(runId),
      expiresAt: number(Math.ceil(nowMs / 1000) + keptSeconds),
    },
    condition: isNotOlder,
    values: { ':asOf': number(asOfMs) },
  };
}

function boundedEntry(entry: CollectedEntry): string {
  const whole = writeEntry(entry);
  if (Buffer.byteLength(whole) <= maxEntryBytes) {
    return whole;
  }
  const [event, result] = [entry.event, entry.result].map((value): unknown =>
    JSON.parse(shortenedJson(value as Readonly<Record<string, unknown>>, maxEntryBytes / 2)),
  );
  return writeEntry({ ...entry, event, result });
}

/** Which items are compared. */
export interface Comparison {
  /** The trigger that collects. */
  readonly trigger: string;
  /** The trigger whose pull finds the items. */
  readonly pull: string;
  /** Key of the collection. */
  readonly collection: string;
  /** The items of the collection, which need no last result. */
  readonly collected: ReadonlySet<string>;
  /** How many of all, and how many bytes of them, the run has already. */
  readonly count: number;
  readonly bytes: number;
}

/** What has not changed. */
export interface Unchanged {
  /** In the order in which they were collected. */
  readonly entries: readonly CollectedEntry[];
  /** Items for which there was no room; their last results were not read. */
  readonly leftOut: number;
}

/**
 * The last result of each item of a pull, as triggers have collected it. It is written with the transaction by which its run
 * joins a collection, so that a crash loses none.
 *
 * All methods throw what the AWS SDK throws when the ledger does not answer.
 */
export class LastResults {
  readonly #table: LedgerTable;
  readonly #seen: SeenItems;

  constructor(table: LedgerTable) {
    this.#table = table;
    this.#seen = new SeenItems(table);
  }

  /** The last results of the items that the pull sees and the collection does not have, as far as there is room. */
  async unchanged(comparison: Comparison): Promise<Unchanged> {
    const seen = await this.#seen.read(comparison.pull);
    const wanted = seen.filter((item) => !comparison.collected.has(item));
    const found: { readonly entry: CollectedEntry; readonly atMs: number }[] = [];
    let { bytes } = comparison;
    const isFull = (): boolean =>
      comparison.count + found.length >= mostCompared || bytes >= mostCollectedBytes;
    let read = 0;
    while (read < wanted.length && !isFull()) {
      const keys = wanted
        .slice(read, read + itemsPerRead)
        .map((item) => lastResultKey(comparison.trigger, item));
      const items = await this.#table.read(keys);
      for (const key of keys) {
        if (isFull()) {
          break;
        }
        read += 1;
        const { event, collectionKey, collectedAtMs } = items.get(key) ?? {};
        if (event?.S !== undefined && collectionKey?.S === comparison.collection) {
          found.push({ entry: readEntry(JSON.parse(event.S)), atMs: Number(collectedAtMs?.N ?? 0) });
          bytes += Buffer.byteLength(event.S);
        }
      }
    }
    const entries = found.toSorted((one, other) => one.atMs - other.atMs).map(({ entry }) => entry);
    return { entries, leftOut: wanted.length - read };
  }

  /** Removes the last result of an item that is no longer wanted, unless a newer one is kept. */
  async remove(trigger: string, pulledItem: string, asOfMs: number): Promise<void> {
    await this.#table.delete({
      pk: lastResultKey(trigger, pulledItem),
      condition: isNotOlder,
      values: { ':asOf': number(asOfMs) },
    });
  }

  /** Keeps the last results of an item longer that was seen again. */
  async renew(triggers: readonly string[], pulledItem: string, nowMs: number): Promise<void> {
    for (const trigger of triggers) {
      await this.#table.update({
        pk: lastResultKey(trigger, pulledItem),
        change: 'SET expiresAt = :expires',
        condition: 'attribute_exists(pk)',
        values: { ':expires': number(Math.ceil(nowMs / 1000) + keptSeconds) },
      });
    }
  }
}
