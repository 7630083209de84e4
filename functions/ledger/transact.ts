import { type TransactWriteItem, TransactWriteItemsCommand } from '@aws-sdk/client-dynamodb';
import type { ItemPut, ItemUpdate, LedgerTable } from './ledgerTable.ts';
import { failedConditions } from './transientError.ts';

/** One write of a transaction. */
export type TransactionWrite = { readonly update: ItemUpdate } | { readonly put: ItemPut };

/** `refused`: nothing was written, because the conditions of these writes (by index) do not hold. */
export type TransactionOutcome =
  | { readonly kind: 'written' }
  | { readonly kind: 'refused'; readonly by: readonly number[] };

/**
 * Writes all or nothing. Conflicts with other transactions, and throttling, are tried again.
 *
 * @throws what the AWS SDK throws when the ledger does not answer, or when a conflict does not end
 */
export async function transact(
  table: LedgerTable,
  writes: readonly TransactionWrite[],
): Promise<TransactionOutcome> {
  const TransactItems = writes.map(
    (write): TransactWriteItem =>
      'update' in write ? { Update: table.updateInput(write.update) } : { Put: table.putInput(write.put) },
  );
  try {
    await table.send(new TransactWriteItemsCommand({ TransactItems }));
    return { kind: 'written' };
  } catch (error) {
    const by = failedConditions(error);
    if (by.length === 0) {
      throw error;
    }
    return { kind: 'refused', by };
  }
}
