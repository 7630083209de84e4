import { type ApiSimulator, type ApiSimulatorOptions, startApiSimulator } from '../http/apiSimulator.ts';
import { EventSender, type SendOptions } from './eventSender.ts';
import type { EventWebhook } from './eventWebhook.ts';
import { Marketing } from './marketing/marketing.ts';
import type { SingleSend } from './marketing/singleSend.ts';
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
  /** How many contacts the account has. They are made when they are read. @default 20,000 */
  readonly contacts?: number;
  /** How long an export takes, in milliseconds. @default 1,000 */
  readonly exportMs?: number;
  /** How long the URL of a file opens it, in milliseconds. GUESS. @default 15 minutes */
  readonly exportUrlMs?: number;
  /** Whether an export has another URL at each read; otherwise one that has expired stays so. @default true */
  readonly newUrlAtEachRead?: boolean;
  /** Newest first. @default nine, of which five are A/B tests: see `marketing/defaultSingleSends.ts` */
  readonly singleSends?: readonly SingleSend[];
}

/** A running simulator of SendGrid: the settings of the event webhook, its sender, and Marketing Campaigns. */
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
  /** How many exports were started. */
  exportsStarted(): number;
  /** Forgets exports, as if they had never been started. @param id @default all */
  forgetExports(id?: string): void;
  /** From now on the URLs that were given answer 403; a later read of an export has new ones (`newUrlAtEachRead`). @param id @default of all */
  expireExportUrls(id?: string): void;
  /** The next exports end with `failure`. */
  failExports(times: number): void;
  singleSends(): readonly SingleSend[];
  /** Replaces the single sends, also between two pages. */
  changeSingleSends(change: (sends: readonly SingleSend[]) => readonly SingleSend[]): void;
}

/**
 * Starts a stand-in for SendGrid on this machine: `/v3/user/webhooks/event/…`, the Event Webhook itself, and
 * what can be read of Marketing Campaigns. The EU host of SendGrid has the same API.
 *
 * Source: OpenAPI of SendGrid, `tsg_webhooks_v3`, `tsg_mc_…`, `tsg_stats_v3`; "Rate limits"; what they leave open is marked
 * GUESS in the code.
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
  const { contacts = 20_000, exportMs = 1_000, exportUrlMs = 15 * 60_000, newUrlAtEachRead = true } = options;
  const { singleSends } = options;
  const marketing = new Marketing({ contacts, exportMs, exportUrlMs, newUrlAtEachRead, singleSends }, now);
  const account = new SendGridAccount({ maxWebhooks, newKeyAtEachEnable, now });
  const sender = new EventSender(account, now);
  const scheme = options.tls === true ? 'https' : 'http';
  const api = sendGridApi({
    account,
    marketing,
    sender,
    scheme,
    apiKey,
    restrictedKey,
    requestsPerMinute,
    latencyMs,
  });
  const simulator = await startApiSimulator(api, options);
  return {
    ...simulator,
    apiKey,
    publicKey: account.firstKeyPair.publicKey,
    webhooks: () => account.webhooks(),
    send: (events, more) => sender.send(events, more),
    postTo: (url, events, more) => sender.postTo(url, events, more),
    testDeliveries: () => [...sender.tests],
    exportsStarted: () => marketing.exports.started,
    forgetExports: (id) => void marketing.exports.forget(id),
    expireExportUrls: (id) => void marketing.exports.expireUrls(id),
    failExports: (times) => marketing.exports.failNext(times),
    singleSends: () => marketing.singleSends,
    changeSingleSends: (change) => {
      marketing.singleSends = change(marketing.singleSends);
    },
    stop: async () => {
      sender.stop();
      await simulator.stop();
    },
  };
}
