/** Names of AWS errors that only mean too many requests at once. */
const throttling: ReadonlySet<string> = new Set([
  'ThrottlingException',
  'Throttling',
  'RequestThrottled',
  'RequestLimitExceeded',
  'ProvisionedThroughputExceededException',
  'TransactionInProgressException',
  'TransactionConflictException',
  'LimitExceededException',
]);

/**
 * Whether AWS did not answer, or refused only for now: throttling, an internal error, a broken connection. An error in
 * the request is not an outage, because AWS would refuse it every time.
 *
 * @param error an error of the AWS SDK, which adds `$metadata` about the answer
 */
export function isOutage(error: unknown): boolean {
  if (!(error instanceof Error) || !('$metadata' in error)) {
    return false;
  }
  const { httpStatusCode: status } = error.$metadata as { readonly httpStatusCode?: number };
  return status === undefined || status >= 500 || status === 429 || throttling.has(error.name);
}
