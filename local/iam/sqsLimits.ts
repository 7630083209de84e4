/** The longest delay that SQS accepts. */
const maxDelaySeconds = 900;

/**
 * Checks what SQS refuses and the emulator accepts: a message with a delay of more than 15 minutes.
 *
 * @param body of a request in SQS's JSON protocol. Quotes within its strings are escaped, so a message that contains
 * these words is not mistaken for a parameter.
 * @returns AWS's error message, or `undefined` when the request is within the limits.
 */
export function sqsLimitExceeded(body: string): string | undefined {
  for (const [, value] of body.matchAll(/"DelaySeconds":\s*(\d+)/g)) {
    if (Number(value) > maxDelaySeconds) {
      return `Value ${value} for parameter DelaySeconds is invalid. Reason: DelaySeconds must be >= 0 and <= ${maxDelaySeconds}.`;
    }
  }
  return undefined;
}
