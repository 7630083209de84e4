import { setTimeout as sleep } from 'node:timers/promises';
import {
  type DynamoDBClient,
  TransactionCanceledException,
  TransactionInProgressException,
  type TransactWriteItem,
  TransactWriteItemsCommand,
} from '@aws-sdk/client-dynamodb';

/** Other transactions on the same items make one fail; each failure means that another one got through. */
const maxTries = 60;
/** The longest pause grows by this with each try, so that those who are many get out of each other's way. */
const pauseStepMs = 15;
const longestPauseMs = 500;

/** What a transaction is cancelled for that passes; the SDK does not try such ones again. */
const passing: ReadonlySet<string | undefined> = new Set([
  'TransactionConflict',
  'ThrottlingError',
  'ProvisionedThroughputExceeded',
]);

/** `refused`: nothing was written, since the conditions of these writes (by index) do not hold. */
export type TransactionOutcome =
  | { readonly kind: 'written' }
  | { readonly kind: 'refused'; readonly by: readonly number[] };

/**
 * Writes all or nothing. Conflicts with other transactions, and throttling, are tried again after a random pause.
 *
 * @throws what the AWS SDK throws when the ledger does not answer, or too many conflicts follow each other
 */
export async function transact(
  client: DynamoDBClient,
  writes: readonly TransactWriteItem[],
): Promise<TransactionOutcome> {
  for (let tries = 1; ; tries += 1) {
    try {
      await client.send(new TransactWriteItemsCommand({ TransactItems: [...writes] }));
      return { kind: 'written' };
    } catch (error) {
      const refusedBy = conditionsThatFailed(error);
      if (refusedBy.length > 0) {
        return { kind: 'refused', by: refusedBy };
      }
      if (tries === maxTries || !isPassing(error)) {
        throw error;
      }
    }
    await sleep(Math.random() * Math.min(longestPauseMs, pauseStepMs * tries));
  }
}

function conditionsThatFailed(error: unknown): readonly number[] {
  const reasons = error instanceof TransactionCanceledException ? (error.CancellationReasons ?? []) : [];
  return reasons.flatMap(({ Code }, index) => (Code === 'ConditionalCheckFailed' ? [index] : []));
}

function isPassing(error: unknown): boolean {
  return (
    error instanceof TransactionInProgressException ||
    (error instanceof TransactionCanceledException &&
      (error.CancellationReasons ?? []).some(({ Code }) => passing.has(Code)))
  );
}
