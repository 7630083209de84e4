import { mostCompared } from './collectedEvents.ts';
import { pulledItemId, pullKey, seenKey } from './keys.ts';
import { type LedgerTable, number } from './ledgerTable.ts';

/** As long as the ledger knows what a pull has queued: a yearly pull still knows what it saw the year before. */
const keptSeconds = 400 * 86_400;

const hasRoom = 'attribute_not_exists(pk) OR attribute_not_exists(#items) OR size(#items) < :most';

/**
 * The items that pulls have seen, for the triggers that compare them: for each occurrence a set of ids. Adding to a set
 * again changes nothing, so a step may be taken again.
 *
 * All methods throw what the AWS SDK throws when the ledger does not answer.
 */
export class SeenItems {
  readonly #table: LedgerTable;

  constructor(table: LedgerTable) {
    this.#table = table;
  }

  /** Notes what a step of an occurrence has seen. Beyond the most items that are compared, nothing is noted. */
  async note(trigger: string, occurrence: string, items: readonly string[], nowMs: number): Promise<void> {
    if (items.length === 0) {
      return;
    }
    const ids = new Set(items.slice(0, mostCompared).map((item) => pulledItemId(trigger, item)));
    await this.#table.update({
      pk: seenKey(trigger, occurrence),
      change: 'SET expiresAt = :expires ADD #items :ids',
      condition: hasRoom,
      values: {
        ':ids': { SS: [...ids] },
        ':most': number(mostCompared),
        ':expires': number(Math.ceil(nowMs / 1000) + keptSeconds),
      },
    });
  }

  /**
   * The ids of the items that a pull sees: those of its last occurrence if it is done. An occurrence that is at work, or has
   * ended otherwise, has not seen all: then those of the last one that was done count as well.
   */
  async read(trigger: string): Promise<readonly string[]> {
    const { occurrence, status, lastDone } = (await this.#table.readOne(pullKey(trigger))) ?? {};
    const occurrences = [occurrence?.S, status?.S === 'done' ? undefined : lastDone?.S];
    const keys = occurrences.flatMap((one) => (one === undefined ? [] : [seenKey(trigger, one)]));
    const found = await this.#table.read([...new Set(keys)]);
    return [...new Set([...found.values()].flatMap(({ items }) => items?.SS ?? []))].sort();
  }

  /** Removes items of which the ledger must not know any more that they were seen. */
  async forget(pk: string, ids: readonly string[]): Promise<void> {
    await this.#table.update({
      pk,
      change: 'DELETE #items :ids',
      condition: 'attribute_exists(pk)',
      values: { ':ids': { SS: [...ids] } },
    });
  }
}
