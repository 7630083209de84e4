import { wants } from './eventWebhook.ts';
import { type EventsDelivery, type PostEventsOptions, postEvents } from './postEvents.ts';
import type { SendGridAccount } from './sendGridAccount.ts';
import { testEvents } from './testEvents.ts';

/** How events are posted; the rest is the webhook's. */
export type SendOptions = Pick<
  PostEventsOptions,
  'retry' | 'retryTimestamp' | 'timeoutMs' | 'onAttempt' | 'signal'
>;

/** Posts events for the webhooks of an account. */
export class EventSender {
  /** Of the tests that the API was asked for, when they are over. */
  readonly tests: EventsDelivery[] = [];
  readonly #account: SendGridAccount;
  readonly #now: () => number;
  readonly #stopping = new AbortController();

  constructor(account: SendGridAccount, now: () => number) {
    this.#account = account;
    this.#now = now;
  }

  /** Posts events to each webhook that is on, signed if its signing is on: to each those that it wants. */
  async send(events: readonly object[], options?: SendOptions): Promise<readonly EventsDelivery[]> {
    const posts = this.#account
      .webhooks()
      .filter(({ enabled }) => enabled)
      .map((webhook) => ({ webhook, wanted: events.filter((event) => wants(webhook, event)) }))
      .filter(({ wanted }) => wanted.length > 0)
      .map(({ webhook: { id, url }, wanted }) =>
        this.#post(url, wanted, this.#account.keyPairOf(id)?.privateKey, options),
      );
    return await Promise.all(posts);
  }

  /** Posts events to a URL, signed with the key pair made at the start. */
  postTo(url: string, events: readonly object[], options?: SendOptions): Promise<EventsDelivery> {
    return this.#post(url, events, this.#account.firstKeyPair.privateKey, options);
  }

  /** Posts the events of a test. Signed if the named webhook is. GUESS: tried only once. */
  readonly sendTest = (url: string, webhookId: string | undefined): void => {
    const keyPair = webhookId === undefined ? undefined : this.#account.keyPairOf(webhookId);
    const once = { retry: { maxAttempts: 1 } };
    void this.#post(url, testEvents(this.#now()), keyPair?.privateKey, once).then((delivery) =>
      this.tests.push(delivery),
    );
  };

  /** Ends all posts. */
  stop(): void {
    this.#stopping.abort();
  }

  #post(
    url: string,
    events: readonly object[],
    privateKey: PostEventsOptions['privateKey'],
    options: SendOptions = {},
  ): Promise<EventsDelivery> {
    const { signal: stopped } = this.#stopping;
    const signal = options.signal === undefined ? stopped : AbortSignal.any([stopped, options.signal]);
    return postEvents({ ...options, url, events, privateKey, now: this.#now, signal });
  }
}
