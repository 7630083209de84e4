import { createHash } from 'node:crypto';
import { mapConcurrently } from '../aws/mapConcurrently.ts';
import { type LedgerItem, type LedgerTable, number, text } from './ledgerTable.ts';

/** The value of `day` of all requests: the index `RunsByDay` finds them, and no day of runs is called so. */
export const forgetRequestsDay = 'forget';

const putsAtOnce = 25;

/** The item that asks to forget a user. It has no `expiresAt`: it stays until it is worked off. */
export function forgetRequest(userId: string, nowMs: number): LedgerItem {
  const digest = createHash('sha256').update(userId).digest('hex').slice(0, 40);
  return {
    pk: text(`forget#${digest}`),
    day: text(forgetRequestsDay),
    receivedAtMs: number(nowMs),
    userId: text(userId),
  };
}

/** The ledger's requests to forget users: the receiver records them, the forgetter or `ops forget --requested` works them off. */
export class ForgetRequests {
  readonly #table: LedgerTable;
  readonly #onTrouble: (error: unknown) => void;

  /** @param onTrouble called with an error of the ledger */
  constructor(table: LedgerTable, onTrouble: (error: unknown) => void) {
    this.#table = table;
    this.#onTrouble = onTrouble;
  }

  /** Records a request for each user; a repeated one changes nothing. @returns whether all are recorded */
  async record(userIds: readonly string[], nowMs: number, signal: AbortSignal): Promise<boolean> {
    try {
      await mapConcurrently([...new Set(userIds)], putsAtOnce, async (userId) => {
        await this.#table.put({ item: forgetRequest(userId, nowMs) }, signal);
      });
      return true;
    } catch (error) {
      this.#onTrouble(error);
      return false;
    }
  }
}
