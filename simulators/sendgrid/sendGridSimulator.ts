import { type ApiSimulator, type ApiSimulatorOptions, startApiSimulator } from '../http/apiSimulator.ts';
import { EventSender, type SendOptions } from './eventSender.ts';
import type { EventWebhook } from './eventWebhook.ts';
import type { EventsDelivery } from './postEvents.ts';
import { SendGridAccount } from './sendGridAccount.ts';
import { sendGridApi } from './sendGridApi.ts';

/** The default key of the simulated account; no real system may use it. */
export const localSendGridKey = 'SG.local-sendgrid-key';

/** All have defaults. */
export interface SendGridSimulatorOptions extends ApiSimulatorOptions {
  /** The API key. @default a documented key that only the simulator accepts */
  readonly apiKey?: string;
  /** A key without the scopes for webhooks, which is refused with 403. @default none */
  readonly restrictedKey?: string;
  /** Calls in 60 seconds, for each endpoint. GUESS: SendGrid publishes no number. @default 600 */
  readonly requestsPerMinute?: number;
  /** How many event webhooks the plan allows. @default 5 */
  readonly maxWebhooks?: number;
  /** Whether turning signing on, although it is on, makes another key pair. @default false */
  readonly newKeyAtEachEnable?: boolean;
  /** How long a call takes, in milliseconds. @default 2 */
  readonly latencyMs?: number;
}

/** A running simulator of SendGrid: the settings of the event webhook, and its sender. */
export interface SendGridSimulator extends ApiSimulator {
  readonly apiKey: string;
  /** Of the key pair made at the start: the key of the first signed webhook, and of {@link SendGridSimulator.postTo}. */
  readonly publicKey: string;
  /** Oldest first. */
  webhooks(): readonly EventWebhook[];
  /** Posts events to each webhook that is on, signed if its signing is on: to each those that it wants. */
  send(events: readonly object[], options?: SendOptions): Promise<readonly EventsDelivery[]>;
  /** Posts events to a URL, without a webhook, signed with the key pair made at the start. */
  postTo(url: string, events: readonly object[], options?: SendOptions): Promise<EventsDelivery>;
  /** Of the tests that the API was asked for, when they are over. */
  testDeliveries(): readonly EventsDelivery[];
}

/**
 * Starts a stand-in for SendGrid on this machine: `/v3/user/webhooks/event/…`, and the Event Webhook itself. The EU host of
 * SendGrid has the same API.
 *
 * Source: OpenAPI of SendGrid, `tsg_webhooks_v3`; "Rate limits"; what they leave open is marked GUESS in the code.
 *
 * @example
 * const sendgrid = await startSendGridSimulator();
 * sendgrid.inject({ kind: 'status', status: 503, path: '/v3/user/webhooks/event/settings' });
 * await sendgrid.postTo(receiverUrl, events, { retry: { timeScale: 0.001 } });
 */
export async function startSendGridSimulator(
  options: SendGridSimulatorOptions = {},
): Promise<SendGridSimulator> {
  const { apiKey = localSendGridKey, restrictedKey, now = Date.now } = options;
  const { maxWebhooks = 5, newKeyAtEachEnable = false, requestsPerMinute = 600, latencyMs = 2 } = options;
  const account = new SendGridAccount({ maxWebhooks, newKeyAtEachEnable, now });
  const sender = new EventSender(account, now);
  const api = sendGridApi({ account, sender, apiKey, restrictedKey, requestsPerMinute, latencyMs });
  const simulator = await startApiSimulator(api, options);
  return {
    ...simulator,
    apiKey,
    publicKey: account.firstKeyPair.publicKey,
    webhooks: () => account.webhooks(),
    send: (events, more) => sender.send(events, more),
    postTo: (url, events, more) => sender.postTo(url, events, more),
    testDeliveries: () => [...sender.tests],
    stop: async () => {
      sender.stop();
      await simulator.stop();
    },
  };
}
