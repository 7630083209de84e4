import { onTestFinished } from 'vitest';
import {
  type SendGridSimulator,
  type SendGridSimulatorOptions,
  startSendGridSimulator,
} from '../../../simulators/sendgrid/sendGridSimulator.ts';

export const settings = '/v3/user/webhooks/event/settings';

/** An answer as a client sees it. */
export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly body: unknown;
}

/** Calls the API; `apiKey: null` sends no key. */
export type Call = (method: string, path: string, body?: unknown, apiKey?: string | null) => Promise<Answer>;

/** A simulator that is stopped with the test, and a client for it. */
export async function useSendGrid(
  options: SendGridSimulatorOptions = {},
): Promise<{ readonly sendgrid: SendGridSimulator; readonly call: Call }> {
  const sendgrid = await startSendGridSimulator({ latencyMs: 0, ...options });
  onTestFinished(() => sendgrid.stop());
  const call: Call = async (method, path, body, apiKey = sendgrid.apiKey) => {
    const response = await fetch(`${sendgrid.baseUrl}${path}`, {
      method,
      headers: {
        'content-type': 'application/json',
        ...(apiKey === null ? {} : { authorization: `Bearer ${apiKey}` }),
      },
      ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    });
    const text = await response.text();
    const parsed: unknown = text === '' ? undefined : JSON.parse(text);
    return { status: response.status, headers: response.headers, body: parsed };
  };
  return { sendgrid, call };
}

/** Creates a webhook. @returns its id */
export async function createWebhook(call: Call, url: string, more: object = {}): Promise<string> {
  const { body } = await call('POST', settings, { url, enabled: true, ...more });
  return (body as { readonly id: string }).id;
}

/** Turns signing on. @returns the public key */
export async function signWebhook(call: Call, id: string): Promise<string> {
  const { body } = await call('PATCH', `${settings}/signed/${id}`, { enabled: true });
  return (body as { readonly public_key: string }).public_key;
}
