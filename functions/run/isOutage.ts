/** Errors of AWS that say only that it is too much at once. */
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
 * Whether AWS did not answer, or refused for the moment: throttling, its own errors, a broken connection. What AWS
 * refuses because of the request is not an outage; it would be refused each time.
 *
 * @param error of the AWS SDK, which notes on each error what came back
 */
export function isOutage(error: unknown): boolean {
  if (!(error instanceof Error) || !('$metadata' in error)) {
    return false;
  }
  const { httpStatusCode: status } = error.$metadata as { readonly httpStatusCode?: number };
  return status === undefined || status >= 500 || status === 429 || throttling.has(error.name);
}
