import { quotaKey } from './keys.ts';
import { type LedgerTable, number } from './ledgerTable.ts';

/** Longer than a month and its end. */
const keptSeconds = 62 * 86_400;

/** A quota of calls in a UTC month, and whose it is. */
export interface Quota {
  readonly name: string;
  readonly of: string;
  readonly calls: number;
}

/**
 * Counts the calls that a system allows in each month.
 *
 * All methods throw what the AWS SDK throws when the ledger does not answer.
 */
export class CallQuotas {
  readonly #table: LedgerTable;

  constructor(table: LedgerTable) {
    this.#table = table;
  }

  /** Counts a call before it is made. @returns whether the quota has room for it */
  async take({ name, of, calls }: Quota, nowMs: number): Promise<boolean> {
    const { kind } = await this.#table.update({
      pk: quotaKey(name, of, monthOf(nowMs)),
      change: 'SET expiresAt = :expires ADD #calls :one',
      condition: 'attribute_not_exists(#calls) OR #calls < :most',
      values: {
        ':one': number(1),
        ':most': number(calls),
        ':expires': number(Math.ceil(nowMs / 1000) + keptSeconds),
      },
    });
    return kind === 'written';
  }

  /** Gives back a call that was not made. */
  async giveBack({ name, of }: Quota, nowMs: number): Promise<void> {
    await this.#table.update({
      pk: quotaKey(name, of, monthOf(nowMs)),
      change: 'ADD #calls :less',
      condition: '#calls > :none',
      values: { ':less': number(-1), ':none': number(0) },
    });
  }
}

function monthOf(nowMs: number): string {
  return new Date(nowMs).toISOString().slice(0, 7);
}
