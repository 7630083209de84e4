/** Settings of an AWS client that must fail soon enough for its caller to still do something about it. */
export interface ClientSettings {
  readonly maxAttempts: number;
  readonly requestHandler: {
    readonly connectionTimeout: number;
    readonly requestTimeout: number;
    readonly throwOnRequestTimeout: true;
  };
}

/**
 * Settings for an AWS client: by default the SDK waits without an end for an answer.
 *
 * @param requestTimeoutMs how long one attempt may take
 * @param maxAttempts the first attempt included
 */
export function clientSettings(requestTimeoutMs: number, maxAttempts: number): ClientSettings {
  return {
    maxAttempts,
    requestHandler: {
      connectionTimeout: Math.min(1_000, requestTimeoutMs),
      requestTimeout: requestTimeoutMs,
      throwOnRequestTimeout: true,
    },
  };
}
