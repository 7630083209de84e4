import { onTestFinished } from 'vitest';
import {
  type SegOpsSimulator,
  type SegOpsSimulatorOptions,
  startSegOpsSimulator,
} from '../../../simulators/segops/segOpsSimulator.ts';

/** An answer as a client sees it. */
export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly body: unknown;
}

/** Calls the API; `authorization: null` sends none. */
export type Call = (
  method: string,
  path: string,
  body?: unknown,
  authorization?: string | null,
) => Promise<Answer>;

/** A simulator that is stopped with the test, and a client for it. */
export async function useSegOps(
  options: SegOpsSimulatorOptions = {},
): Promise<{ readonly segops: SegOpsSimulator; readonly call: Call }> {
  const segops = await startSegOpsSimulator({ latencyMs: 0, ...options });
  onTestFinished(() => segops.stop());
  const call: Call = async (method, path, body, authorization = `ApiKey ${segops.apiKey}`) => {
    const response = await fetch(`${segops.baseUrl}${path}`, {
      method,
      headers: {
        'content-type': 'application/json',
        ...(authorization === null ? {} : { authorization }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    return { status: response.status, headers: response.headers, body: await response.json() };
  };
  return { segops, call };
}
