import { randomUUID } from 'node:crypto';
import { Refusal } from '../http/refusal.ts';
import {
  changedWebhook,
  type EventWebhook,
  type WebhookChange,
  type WebhookRequest,
} from './eventWebhook.ts';
import { type KeyPair, newKeyPair } from './keyPair.ts';
import { problem } from './problem.ts';

/** The properties of an account. */
export interface SendGridAccountOptions {
  /** How many event webhooks the plan allows. */
  readonly maxWebhooks: number;
  /** UNKNOWN at SendGrid: whether turning signing on again, although it is on, makes another key pair. */
  readonly newKeyAtEachEnable: boolean;
  readonly now: () => number;
}

/** The event webhooks of a simulated account. */
export class SendGridAccount {
  /** Made at the start: of the first webhook that is signed, and of posts to a URL without a webhook. */
  readonly firstKeyPair: KeyPair = newKeyPair();
  readonly maxWebhooks: number;
  readonly #options: SendGridAccountOptions;
  readonly #webhooks = new Map<string, EventWebhook>();
  readonly #keyPairs = new Map<string, KeyPair>();
  #isFirstKeyPairUsed = false;

  constructor(options: SendGridAccountOptions) {
    this.#options = options;
    this.maxWebhooks = options.maxWebhooks;
  }

  /** Oldest first. */
  webhooks(): readonly EventWebhook[] {
    return [...this.#webhooks.values()];
  }

  /** @throws Refusal 404 */
  find(id: string): EventWebhook {
    const webhook = this.#webhooks.get(id);
    if (webhook === undefined) {
      throw new Refusal(404, problem({ message: 'Invalid id provided.' }));
    }
    return webhook;
  }

  /** @throws Refusal 400 for a URL that is not valid or has a webhook, and for one webhook too many */
  create(request: WebhookRequest): EventWebhook {
    this.#checkUrl(request.url, undefined);
    if (this.#webhooks.size >= this.maxWebhooks) {
      const message = 'You have reached the maximum number of webhooks per your current billing plan.';
      throw new Refusal(400, problem({ message }));
    }
    const nowText = this.#nowText();
    const blank: EventWebhook = {
      id: randomUUID(),
      url: request.url,
      // GUESS: a webhook is off unless the request turns it on.
      enabled: false,
      friendlyName: null,
      events: new Set(),
      oauth: undefined,
      isSigned: false,
      createdDate: nowText,
      updatedDate: nowText,
    };
    return this.#keep(changedWebhook(blank, request));
  }

  /** @throws Refusal 404, 400 */
  change(id: string, request: WebhookChange): EventWebhook {
    const webhook = this.find(id);
    if (request.url !== undefined) {
      this.#checkUrl(request.url, id);
    }
    return this.#keep({ ...changedWebhook(webhook, request), updatedDate: this.#nowText() });
  }

  /** @throws Refusal 404 */
  remove(id: string): void {
    this.find(id);
    this.#webhooks.delete(id);
    this.#keyPairs.delete(id);
  }

  /** Turns signing on or off. Off and on again makes another key pair: GUESS. @throws Refusal 404 */
  sign(id: string, isSigned: boolean): EventWebhook {
    const webhook = this.find(id);
    if (!isSigned || this.#options.newKeyAtEachEnable) {
      this.#keyPairs.delete(id);
    }
    if (isSigned && !this.#keyPairs.has(id)) {
      this.#keyPairs.set(id, this.#isFirstKeyPairUsed ? newKeyPair() : this.firstKeyPair);
      this.#isFirstKeyPairUsed = true;
    }
    return this.#keep({ ...webhook, isSigned, updatedDate: this.#nowText() });
  }

  /** `undefined`: the webhook is not signed. */
  keyPairOf(id: string): KeyPair | undefined {
    return this.#keyPairs.get(id);
  }

  #keep(webhook: EventWebhook): EventWebhook {
    this.#webhooks.set(webhook.id, webhook);
    return webhook;
  }

  #checkUrl(url: string, ownId: string | undefined): void {
    if (!/^https?:$/.test(URL.parse(url)?.protocol ?? '')) {
      throw new Refusal(400, problem({ message: `'${url}' is not a valid url` }));
    }
    const other = this.webhooks().find((webhook) => webhook.url === url && webhook.id !== ownId);
    if (other !== undefined) {
      const message = `Webhook at '${url}' already exists. Please provide a unique URL.`;
      throw new Refusal(400, problem({ id: other.id, message, url }));
    }
  }

  #nowText(): string {
    return new Date(this.#options.now()).toISOString().replace(/\.\d+Z$/, 'Z');
  }
}
