import { type LedgerItem, type LedgerTable, number } from './ledgerTable.ts';

/** Races lost before a message comes back; each means that another event was noted. */
const maxTries = 60;

const isNew = 'attribute_not_exists(pk)';
const isAsFound = 'atMs = :foundAt AND expiresAt = :foundExpires';

/** The newest event that has cancelled the runs of a trigger for a key. */
interface Cancellation {
  /** Event time, in epoch milliseconds. */
  readonly atMs: number;
  readonly expiresAtSeconds: number;
}

/**
 * The events that cancel runs: of each trigger and key the latest event time. A cancelling event may arrive before the runs
 * that it cancels, and in any order.
 *
 * All methods throw what the AWS SDK throws when the ledger does not answer.
 */
export class Cancellations {
  readonly #table: LedgerTable;

  constructor(table: LedgerTable) {
    this.#table = table;
  }

  /**
   * Notes a cancelling event. The later event time wins, and the item is kept for as long as the longest of its events.
   *
   * @param key a key of `cancelKey`
   * @param atMs event time
   * @param expiresAtSeconds not before the deadline of the runs that it may cancel
   */
  async note(key: string, atMs: number, expiresAtSeconds: number): Promise<void> {
    let found = cancellation(await this.#table.readOne(key));
    for (let tries = 0; tries < maxTries; tries += 1) {
      const latest = {
        atMs: Math.max(atMs, found?.atMs ?? atMs),
        expiresAtSeconds: Math.max(expiresAtSeconds, found?.expiresAtSeconds ?? 0),
      };
      const isKnown = latest.atMs === found?.atMs && latest.expiresAtSeconds === found.expiresAtSeconds;
      const outcome = isKnown ? undefined : await this.#write(key, latest, found);
      if (outcome === undefined || outcome.kind === 'written') {
        return;
      }
      found = cancellation(outcome.item);
    }
    throw new Error(
      `Could not note a cancelling event in ${maxTries} tries: other events were noted each time`,
    );
  }

  /** The time of the latest event that cancels; `undefined` when none is known. */
  async readAtMs(key: string): Promise<number | undefined> {
    return cancellation(await this.#table.readOne(key))?.atMs;
  }

  async #write(
    key: string,
    { atMs, expiresAtSeconds }: Cancellation,
    found: Cancellation | undefined,
  ): ReturnType<LedgerTable['update']> {
    return await this.#table.update({
      pk: key,
      change: 'SET atMs = :at, expiresAt = :expires',
      condition: found === undefined ? isNew : isAsFound,
      values: {
        ':at': number(atMs),
        ':expires': number(expiresAtSeconds),
        ...(found === undefined
          ? {}
          : { ':foundAt': number(found.atMs), ':foundExpires': number(found.expiresAtSeconds) }),
      },
    });
  }
}

function cancellation(item: LedgerItem | undefined): Cancellation | undefined {
  return item?.atMs?.N === undefined
    ? undefined
    : { atMs: Number(item.atMs.N), expiresAtSeconds: Number(item.expiresAt?.N ?? 0) };
}
