import { deflateRawSync, inflateRawSync } from 'node:zlib';
import type { LedgerItem, LedgerTable } from './ledgerTable.ts';
import { number, text } from './ledgerTable.ts';

/** An item of DynamoDB takes 400 KB, with its key and all other attributes. */
const maxAttributeBytes = 350_000;
/** At once in memory: about 7 MB of items at most. */
const eventsPerRead = 20;

/** JSON of all events of one collection, which its run has in memory at once; the last event may go beyond it. */
export const mostCollectedBytes = 32 * 1024 * 1024;
/** The most items of a pull that one run compares. */
export const mostCompared = 1_000;

/** What a collection holds of one event. */
export interface CollectedEntry {
  readonly event: unknown;
  /** Of the run that its run follows. */
  readonly result?: unknown;
  /** The item that a pull began the chain with. */
  readonly pulledItem?: string | undefined;
}

/** The JSON of an entry. An event alone stands there as it is, as in every release before. */
export function writeEntry({ event, result, pulledItem }: CollectedEntry): string {
  return JSON.stringify(result === undefined ? event : { event, result, pulledItem });
}

/** Reads the parsed JSON of an entry. The `event` of an event is a string. */
export function readEntry(entry: unknown): CollectedEntry {
  const { event, result, pulledItem } = (entry ?? {}) as Partial<CollectedEntry>;
  return typeof event === 'object' && event !== null ? { event, result, pulledItem } : { event: entry };
}

/** An event that joins a collection. */
export interface JoiningEvent {
  /** Of this delivery alone: no other writes parts under it. */
  readonly partsId: string;
  readonly json: string;
  readonly expiresAtSeconds: number;
}

/**
 * The attributes that keep an event in its collection: the event itself, or where its parts are. The parts of a large
 * event are written here, before the transaction that joins: a transaction that loses a race is tried again, and would
 * write a megabyte each time. After a crash the parts belong to no collection, and expire.
 */
export async function keepEvent(
  table: LedgerTable,
  { partsId, json, expiresAtSeconds }: JoiningEvent,
): Promise<LedgerItem> {
  if (Buffer.byteLength(json) <= maxAttributeBytes) {
    return { event: text(json) };
  }
  const parts = deflatedParts(json);
  for (const [index, part] of parts.entries()) {
    const pk = text(partKey(partsId, index));
    await table.put({ item: { pk, part: { B: part }, expiresAt: number(expiresAtSeconds) } });
  }
  return { eventParts: text(partsId), partCount: number(parts.length) };
}

/**
 * Reads the events of a collection as JSON, in the order in which they joined, a few at a time. An event that is gone is
 * left out.
 */
export async function* readEvents(
  table: LedgerTable,
  collection: string,
  count: number,
): AsyncGenerator<string, void> {
  for (let read = 0; read < count; read += eventsPerRead) {
    const length = Math.min(eventsPerRead, count - read);
    const keys = Array.from({ length }, (_none, index) => `collected#${collection}#${read + index + 1}`);
    const items = await table.read(keys);
    for (const key of keys) {
      const json = await eventOf(table, items.get(key));
      if (json !== undefined) {
        yield json;
      }
    }
  }
}

/** Keys of the parts of the event of a `collected#…` item; none if the item holds the event itself. */
function partKeys({ eventParts, partCount }: LedgerItem): readonly string[] {
  const id = eventParts?.S;
  return id === undefined
    ? []
    : Array.from({ length: Number(partCount?.N ?? 0) }, (_none, index) => partKey(id, index));
}

/** The text of {@link deflatedParts}. */
export function inflatedText(parts: readonly Uint8Array[]): string {
  return inflateRawSync(Buffer.concat(parts)).toString();
}

/** A text, deflated, in parts that fit into an item each. */
export function deflatedParts(value: string): readonly Uint8Array[] {
  const deflated = deflateRawSync(value);
  const length = Math.ceil(deflated.length / maxAttributeBytes);
  return Array.from({ length }, (_none, index) =>
    deflated.subarray(index * maxAttributeBytes, (index + 1) * maxAttributeBytes),
  );
}

async function eventOf(table: LedgerTable, item: LedgerItem | undefined): Promise<string | undefined> {
  const keys = item === undefined ? [] : partKeys(item);
  if (keys.length === 0) {
    return item?.event?.S;
  }
  const items = await table.read(keys);
  const parts = keys.flatMap((key) => items.get(key)?.part?.B ?? []);
  return parts.length === keys.length ? inflatedText(parts) : undefined;
}

function partKey(id: string, index: number): string {
  return `eventPart#${id}#${index + 1}`;
}
