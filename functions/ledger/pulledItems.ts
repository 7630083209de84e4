import { mapConcurrently } from '../aws/mapConcurrently.ts';
import type { KeptItem } from '../pulls/compareItem.ts';
import { lookupUser, pulledItemId, pulledKey } from './keys.ts';
import { LastResults } from './lastResults.ts';
import { type LedgerTable, number, text } from './ledgerTable.ts';

const writesAtOnce = 8;
/** A yearly pull still knows what it queued the year before. */
const keptSeconds = 400 * 86_400;
/** An item that is seen again is renewed when it is kept for less than this. */
const renewedSeconds = 380 * 86_400;

/** What was last queued of an item. */
export interface LastPulled extends KeptItem {
  readonly occurrence: string;
  /** The step that queued it, counted from 0; absent where it is not known. */
  readonly step: number | undefined;
  readonly expiresAtSeconds: number;
}

/** An item of which an event was queued. */
export interface QueuedItem extends KeptItem {
  readonly item: string;
  /** Whose it is; absent when it is about no user. */
  readonly userId?: string | undefined;
}

/**
 * What pulls have last queued of each item, so that what has not changed starts nothing. Values are kept as digests, and
 * numbers.
 *
 * All methods throw what the AWS SDK throws when the ledger does not answer.
 */
export class PulledItems {
  readonly #table: LedgerTable;
  readonly #lastResults: LastResults;

  constructor(table: LedgerTable) {
    this.#table = table;
    this.#lastResults = new LastResults(table);
  }

  /** What was last queued of items; those of which nothing was queued are absent. */
  async read(trigger: string, items: readonly string[]): Promise<ReadonlyMap<string, LastPulled>> {
    const byKey = new Map(items.map((item) => [pulledKey(trigger, item), item]));
    const found = await this.#table.read([...byKey.keys()]);
    return new Map(
      [...found].map(([key, { digest, numbers, occurrence, step, expiresAt }]) => [
        byKey.get(key) ?? '',
        {
          digest: digest?.S ?? '',
          numbers: JSON.parse(numbers?.S ?? '{}') as Readonly<Record<string, number>>,
          occurrence: occurrence?.S ?? '',
          step: step?.N === undefined ? undefined : Number(step.N),
          expiresAtSeconds: Number(expiresAt?.N ?? 0),
        },
      ]),
    );
  }

  /** Keeps what was queued by a step of an occurrence. */
  async keep(
    trigger: string,
    { occurrence, step }: Required<Pick<LastPulled, 'occurrence' | 'step'>>,
    queued: readonly QueuedItem[],
    nowMs: number,
  ): Promise<void> {
    await mapConcurrently(queued, writesAtOnce, ({ item, userId, digest, numbers }) =>
      this.#table.put({
        item: {
          pk: text(pulledKey(trigger, item)),
          digest: text(digest),
          numbers: text(JSON.stringify(numbers)),
          occurrence: text(occurrence),
          ...(step === undefined ? {} : { step: number(step) }),
          ...(userId === undefined ? {} : { ofUser: text(lookupUser(userId)) }),
          expiresAt: number(Math.ceil(nowMs / 1000) + keptSeconds),
        },
      }),
    );
  }

  /**
   * Keeps items longer that were seen again and have not changed, and their last results.
   *
   * @param comparers the triggers that keep last results of the items
   */
  async renew(
    trigger: string,
    seen: ReadonlyMap<string, LastPulled>,
    nowMs: number,
    comparers: readonly string[] = [],
  ): Promise<void> {
    const nowSeconds = Math.ceil(nowMs / 1000);
    const old = [...seen].filter(
      ([, { expiresAtSeconds }]) => expiresAtSeconds < nowSeconds + renewedSeconds,
    );
    await mapConcurrently(old, writesAtOnce, async ([item]) => {
      // Before the item itself: a step that is taken again renews only what is old.
      await this.#lastResults.renew(comparers, pulledItemId(trigger, item), nowMs);
      await this.#table.update({
        pk: pulledKey(trigger, item),
        change: 'SET expiresAt = :expires',
        condition: 'attribute_exists(pk)',
        values: { ':expires': number(nowSeconds + keptSeconds) },
      });
    });
  }
}
