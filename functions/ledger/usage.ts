import type { AccountUsage } from '../mavera/accountUsage.ts';
import { assign, type LedgerTable, number } from './ledgerTable.ts';
import { usageKey } from './sharedState.ts';

/** How long a reading of the account's usage stays valid. */
export const usageLifetimeMs = 5 * 60_000;
/** How long others wait for the environment that reads it. */
const readingMs = 30_000;

const isUnclaimed = 'attribute_not_exists(readingUntilMs) OR readingUntilMs <= :now';
const isOutdated = 'attribute_not_exists(readAtMs) OR readAtMs <= :old';

/** The account's usage in the ledger: one environment reads it from Mavera every five minutes, for all. */
export class Usage {
  readonly #table: LedgerTable;

  constructor(table: LedgerTable) {
    this.#table = table;
  }

  /** @returns whether this environment has to read it */
  async claimReading(nowMs: number): Promise<boolean> {
    const { kind } = await this.#table.update({
      pk: usageKey,
      change: 'SET readingUntilMs = :until',
      condition: `(${isUnclaimed}) AND (${isOutdated})`,
      values: {
        ':until': number(nowMs + readingMs),
        ':now': number(nowMs),
        ':old': number(nowMs - usageLifetimeMs),
      },
    });
    return kind === 'written';
  }

  /** Keeps what was read. */
  async write(usage: AccountUsage, nowMs: number): Promise<void> {
    const { requestsPerMinute } = usage;
    const { assignments, values } = assign({
      creditsRemaining: number(usage.creditsRemaining),
      creditsIncluded: number(usage.creditsIncluded),
      autoRecharge: number(usage.autoRecharge ? 1 : 0),
      requestsPerMinute: number(requestsPerMinute),
      readAtMs: number(nowMs),
    });
    const removal = requestsPerMinute === undefined ? ' REMOVE requestsPerMinute' : '';
    await this.#table.update({ pk: usageKey, change: `SET ${assignments}${removal}`, values });
  }

  /** Has usage read again before its time, because Mavera has just said that the credits are gone. */
  async outdate(): Promise<void> {
    await this.#table.update({
      pk: usageKey,
      change: 'SET readAtMs = :never REMOVE readingUntilMs',
      values: { ':never': number(0) },
    });
  }
}
