/** The longest delay that SQS takes. */
const maxDelaySeconds = 900;

/**
 * What SQS refuses although the emulator takes it: a message that is to be delayed for more than 15 minutes.
 *
 * @param body of a request in SQS's JSON protocol. Quotes within its strings are escaped, so that a message which
 * happens to contain these words is not taken for a parameter.
 * @returns AWS's sentence, or `undefined` when there is nothing to refuse.
 */
export function sqsLimitExceeded(body: string): string | undefined {
  for (const [, value] of body.matchAll(/"DelaySeconds":\s*(\d+)/g)) {
    if (Number(value) > maxDelaySeconds) {
      return `Value ${value} for parameter DelaySeconds is invalid. Reason: DelaySeconds must be >= 0 and <= ${maxDelaySeconds}.`;
    }
  }
  return undefined;
}
