import { TransactionCanceledException } from '@aws-sdk/client-dynamodb';

/** The SDK does not try these again, or not for long enough. */
const transientErrors: ReadonlySet<unknown> = new Set([
  'TransactionConflictException',
  'TransactionInProgressException',
]);

/** Reasons for which DynamoDB cancels a transaction that it may carry out a moment later. */
const transientReasons: ReadonlySet<unknown> = new Set([
  'TransactionConflict',
  'ThrottlingError',
  'ProvisionedThroughputExceeded',
]);

/** Whether the ledger failed only because others were at the same items, or at too many: the same call may succeed. */
export function isTransientError(error: unknown): boolean {
  if (error instanceof TransactionCanceledException) {
    return (
      failedConditions(error).length === 0 &&
      (error.CancellationReasons ?? []).some(({ Code }) => transientReasons.has(Code))
    );
  }
  return error instanceof Error && transientErrors.has(error.name);
}

/** The writes of a transaction, by index, whose conditions do not hold; none when it failed for another reason. */
export function failedConditions(error: unknown): readonly number[] {
  const reasons = error instanceof TransactionCanceledException ? (error.CancellationReasons ?? []) : [];
  return reasons.flatMap(({ Code }, index) => (Code === 'ConditionalCheckFailed' ? [index] : []));
}
