import { onTestFinished } from 'vitest';
import {
  type MaveraSimulator,
  type MaveraSimulatorOptions,
  startMaveraSimulator,
} from '../../../simulators/mavera/simulator.ts';

export const apiKey = `mvra_live_${'0'.repeat(24)}wxyz`;

/** An answer as a client sees it. */
export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly bytes: Uint8Array;
  readonly text: string;
  /** Parsed, or `undefined` where it is not JSON. */
  readonly body: unknown;
}

export interface CallOptions {
  readonly body?: unknown;
  /** `null`: no `Authorization` header. */
  readonly authorization?: string | null;
  /** @default `follow` */
  readonly redirect?: 'follow' | 'manual';
}

/** A simulator that answers at once and is stopped with the test, and a client for it. */
export async function useMavera(options: MaveraSimulatorOptions = {}): Promise<{
  readonly mavera: MaveraSimulator;
  readonly call: (method: string, path: string, options?: CallOptions) => Promise<Answer>;
}> {
  const mavera = await startMaveraSimulator({ latency: 0, ...options });
  onTestFinished(() => mavera.stop());
  return { mavera, call: (method, path, given = {}) => callApi(mavera.baseUrl, method, path, given) };
}

async function callApi(base: string, method: string, path: string, options: CallOptions): Promise<Answer> {
  const { body, authorization = `Bearer ${apiKey}`, redirect = 'follow' } = options;
  const headers = new Headers({ 'content-type': 'application/json' });
  if (authorization !== null) {
    headers.set('authorization', authorization);
  }
  const response = await fetch(`${base}${path}`, {
    method,
    headers,
    redirect,
    ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
  });
  const bytes = await response.bytes();
  const text = new TextDecoder().decode(bytes);
  return { status: response.status, headers: response.headers, bytes, text, body: parse(text) };
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** A promise that the test settles, to hold calls in the middle of their work. */
export function gate(): { readonly passed: Promise<void>; readonly open: () => void } {
  let open = (): void => undefined;
  const passed = new Promise<void>((resolve) => {
    open = resolve;
  });
  return { passed, open: () => open() };
}

export const persona = { name: 'Enterprise CMO', pipeline_type: 'intermediate', type: 'B2B' } as const;
export const question = { message: 'What moves a customer from the starter plan to the professional plan?' };
