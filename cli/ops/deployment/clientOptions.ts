/** A person waits for the answer: a call that hangs is worse than one that fails and is tried again. */
export const clientOptions = {
  maxAttempts: 4,
  requestHandler: { connectionTimeout: 5_000, requestTimeout: 30_000, throwOnRequestTimeout: true },
} as const;
