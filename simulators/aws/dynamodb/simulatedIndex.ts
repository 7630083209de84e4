import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import type { LedgerItem } from '../../../functions/ledger/ledgerTable.ts';
import { EventHeap } from '../../time/eventHeap.ts';
import { itemBytes } from './itemBytes.ts';
import { type Place, SortedEntries } from './sortedEntries.ts';
import { writeUnits } from './units.ts';

/** An index of the ledger, as its own definition says. */
export interface IndexDefinition {
  readonly indexName: string;
  readonly partitionKey: string;
  readonly sortKey: string;
  readonly nonKeyAttributes: readonly string[];
}

/** An entry, and what it is found by. */
interface Entry extends Place {
  readonly partition: string;
  readonly item: LedgerItem;
}

/** The item of a key as it is in the index from a moment on; `undefined`: it is not in the index. */
interface LateWrite {
  readonly pk: string;
  readonly entry: Entry | undefined;
}

/** Gives how much later than the table an index has a write, in milliseconds. */
export type DrawLag = () => number;

/** A global secondary index. It is behind the table, by another time for each write. */
export class SimulatedIndex {
  readonly definition: IndexDefinition;
  readonly #drawLag: DrawLag;
  readonly #attributes: readonly string[];
  readonly #partitions = new Map<string, SortedEntries<Entry>>();
  readonly #entries = new Map<string, Entry>();
  readonly #late = new EventHeap<LateWrite>();
  /** When the last write of a key arrives here: writes of one item stay in order. */
  readonly #lastArrivalMs = new Map<string, number>();

  constructor(definition: IndexDefinition, drawLag: DrawLag) {
    this.definition = definition;
    this.#drawLag = drawLag;
    this.#attributes = ['pk', definition.partitionKey, definition.sortKey, ...definition.nonKeyAttributes];
  }

  /**
   * Takes on a write of the table.
   *
   * @returns the write units of the index: none if nothing in it changes, two writes if the entry moves
   */
  write(pk: string, before: LedgerItem | undefined, after: LedgerItem | undefined, nowMs: number): number {
    const [old, entry] = [this.#entryOf(pk, before), this.#entryOf(pk, after)];
    if (old === undefined && entry === undefined) {
      return 0;
    }
    if (old !== undefined && entry !== undefined && haveSame(this.#attributes, old.item, entry.item)) {
      return 0;
    }
    const arrivesAtMs = Math.max(nowMs + this.#drawLag(), this.#lastArrivalMs.get(pk) ?? 0);
    this.#lastArrivalMs.set(pk, arrivesAtMs);
    this.#late.add(arrivesAtMs, { pk, entry });
    const stays = old !== undefined && entry !== undefined && isSamePlace(old, entry);
    return stays
      ? writeUnits(Math.max(itemBytes(old.item), itemBytes(entry.item)))
      : [old, entry].reduce((sum, one) => sum + (one === undefined ? 0 : writeUnits(itemBytes(one.item))), 0);
  }

  /** Has many items at once, without lag. */
  import(items: readonly LedgerItem[]): void {
    const entries = items.flatMap((item) => this.#entryOf(item.pk?.S ?? '', item) ?? []);
    for (const [partition, found] of Map.groupBy(entries, (entry) => entry.partition)) {
      const sorted = found.toSorted((a, b) => a.order - b.order || (a.pk < b.pk ? -1 : 1));
      this.#partitions.set(partition, SortedEntries.from(sorted));
      for (const entry of found) {
        this.#entries.set(entry.pk, entry);
      }
    }
  }

  /** The items of a partition after a place, in order. */
  query(partition: string, after: Place | undefined, limit: number, nowMs: number): readonly LedgerItem[] {
    this.#arriveUntil(nowMs);
    return (this.#partitions.get(partition)?.after(after, limit) ?? []).map(({ item }) => item);
  }

  #arriveUntil(nowMs: number): void {
    for (
      let atMs = this.#late.firstKey();
      atMs !== undefined && atMs <= nowMs;
      atMs = this.#late.firstKey()
    ) {
      const write = this.#late.takeFirst();
      if (write !== undefined) {
        this.#replace(write);
        if (this.#lastArrivalMs.get(write.pk) === atMs) {
          this.#lastArrivalMs.delete(write.pk);
        }
      }
    }
  }

  #replace({ pk, entry }: LateWrite): void {
    const found = this.#entries.get(pk);
    if (found !== undefined) {
      this.#partitions.get(found.partition)?.remove(found);
      this.#entries.delete(pk);
    }
    if (entry !== undefined) {
      const partition = this.#partitions.get(entry.partition) ?? new SortedEntries<Entry>();
      this.#partitions.set(entry.partition, partition);
      partition.put(entry);
      this.#entries.set(pk, entry);
    }
  }

  #entryOf(pk: string, item: LedgerItem | undefined): Entry | undefined {
    const { partitionKey, sortKey } = this.definition;
    const [partition, order] = [item?.[partitionKey]?.S, item?.[sortKey]?.N];
    if (item === undefined || partition === undefined || order === undefined) {
      return undefined;
    }
    return { pk, partition, order: Number(order), item: projected(item, this.#attributes) };
  }
}

function projected(item: LedgerItem, attributes: readonly string[]): LedgerItem {
  const entry: Record<string, AttributeValue> = {};
  for (const name of attributes) {
    const value = item[name];
    if (value !== undefined) {
      entry[name] = value;
    }
  }
  return entry;
}

function haveSame(attributes: readonly string[], one: LedgerItem, other: LedgerItem): boolean {
  return attributes.every((name) => {
    const [first, second] = [one[name], other[name]];
    return first?.S === second?.S && first?.N === second?.N;
  });
}

function isSamePlace(one: Entry, other: Entry): boolean {
  return one.partition === other.partition && one.order === other.order;
}
