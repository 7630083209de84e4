import type { Agent } from 'node:http';
import type { Agent as HttpsAgent } from 'node:https';
import { agents } from './connections.ts';

/** The configuration of an AWS client that must fail soon enough for its caller to still react. */
export interface ClientConfig {
  readonly maxAttempts: number;
  readonly requestHandler: {
    readonly connectionTimeout: number;
    readonly requestTimeout: number;
    readonly throwOnRequestTimeout: true;
    readonly httpAgent: Agent;
    readonly httpsAgent: HttpsAgent;
  };
}

/**
 * Limits how long an AWS client tries: by default the SDK waits for an answer without any limit.
 *
 * @param requestTimeoutMs how long one attempt may take
 * @param maxAttempts the first attempt included
 */
export function clientConfig(requestTimeoutMs: number, maxAttempts: number): ClientConfig {
  return {
    maxAttempts,
    requestHandler: {
      connectionTimeout: Math.min(1_000, requestTimeoutMs),
      requestTimeout: requestTimeoutMs,
      throwOnRequestTimeout: true,
      ...agents,
    },
  };
}
