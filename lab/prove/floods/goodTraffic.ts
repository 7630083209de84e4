import type { KeyObject } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { signSegOpsRequest } from '../../../functions/sources/segops/signRequest.ts';
import { type PostOutcome, post } from '../../../simulators/http/post.ts';
import { type Random, seededRandom } from '../../../simulators/mavera/seededRandom.ts';
import type { SegmentPayloadEvent } from '../../../simulators/segment/payload.ts';
import { type SendToWebhookOptions, sendToWebhook } from '../../../simulators/segment/sendToWebhook.ts';
import type { SignatureForm } from '../../../simulators/segment/webhookRequest.ts';
import { postEvents } from '../../../simulators/sendgrid/postEvents.ts';
import type { Answer } from './rawRequest.ts';
import {
  markerFor,
  markerOf,
  type OtherSource,
  type WantedEvent,
  wantedElement,
  wantedEvent,
} from './wantedEvent.ts';

/** The senders' waits between retries are multiplied with it: 2 seconds become 40 ms. */
const timeScale = 0.02;
const pauseMs = 50;
const mostAttempts = 100;

/** One delivery of events, with all its attempts. */
export interface GoodDelivery {
  readonly markers: readonly string[];
  readonly endedAtMs: number;
  /** `delivered`, or how Segment would have ended it. */
  readonly outcome: string;
  readonly answers: readonly Answer[];
}

/** What SendGrid and SegOps sign with. */
export interface SourceSecrets {
  readonly privateKey: KeyObject;
  readonly webhookSecret: string;
}

/** Where the good traffic goes. */
export interface GoodTrafficOptions {
  readonly url: string;
  readonly secret: string;
  readonly bearerToken: string;
  /** What the other sources sign with. */
  readonly sources: SourceSecrets;
  readonly seed: number;
}

/** Good traffic: every event is wanted, signed correctly, and tried again as Segment does. */
export class GoodTraffic {
  readonly deliveries: GoodDelivery[] = [];
  readonly #options: GoodTrafficOptions;
  readonly #random: Random;
  #made = 0;

  constructor(options: GoodTrafficOptions) {
    this.#options = options;
    this.#random = seededRandom(options.seed);
  }

  /** A new event with its own marker. */
  event(properties: Readonly<Record<string, unknown>> = {}): WantedEvent {
    return wantedEvent(this.#nextMarker(), properties);
  }

  /** A new event of another source than Segment. @returns its marker, which makes the element */
  marker(source: OtherSource): string {
    return markerFor(source, this.#nextMarker());
  }

  /**
   * Delivers a single event, or the events of a batch, until they are accepted or Segment would try no more.
   *
   * @param events events that no trigger wants have no marker
   */
  async deliver(events: readonly SegmentPayloadEvent[], form: SignatureForm): Promise<GoodDelivery> {
    const { url, secret, bearerToken } = this.#options;
    const [first = {}] = events;
    const options: SendToWebhookOptions = {
      payload: form === 'single' ? first : events,
      url,
      secret,
      bearerToken,
      form,
      retry: { timeScale, random: this.#random },
    };
    const { outcome, attempts } = await sendToWebhook(options);
    const markers = events.flatMap((event) => markerOf(event) ?? []);
    return this.#note(markers, outcome, attempts);
  }

  /** Posts events as SendGrid does, which tries again after everything but 2xx. */
  async deliverMails(markers: readonly string[], others: readonly object[] = []): Promise<GoodDelivery> {
    const { url, sources } = this.#options;
    const { outcome, attempts } = await postEvents({
      url: new URL('/sendgrid', url).href,
      events: [...markers.map((marker) => wantedElement('sendgrid', marker)), ...others],
      privateKey: sources.privateKey,
      retry: { timeScale: timeScale / 5, random: this.#random },
    });
    return this.#note(markers, outcome, attempts);
  }

  /** Posts an event as SegOps does. SegOps does not try again: here it does after 5xx, so that no run is missing. */
  async deliverSegment(marker: string): Promise<GoodDelivery> {
    const { url, sources } = this.#options;
    const { body, headers } = signSegOpsRequest(wantedElement('segops', marker), sources.webhookSecret);
    const attempts: PostOutcome[] = [];
    for (;;) {
      const attempt = await post({
        url: new URL('/segops', url),
        method: 'POST',
        headers: new Headers(headers),
        body,
        timeoutMs: 10_000,
      });
      attempts.push(attempt);
      const { status = 503 } = attempt;
      if (status < 500 || attempts.length === mostAttempts) {
        return this.#note([marker], status === 200 ? 'delivered' : 'discarded', attempts);
      }
      await sleep(pauseMs);
    }
  }

  #note(
    markers: readonly string[],
    outcome: string,
    attempts: readonly { readonly status?: number }[],
  ): GoodDelivery {
    const answers = attempts.map(({ status }): Answer => status ?? 'none');
    const delivery: GoodDelivery = { markers, endedAtMs: Date.now(), outcome, answers };
    this.deliveries.push(delivery);
    return delivery;
  }

  #nextMarker(): string {
    this.#made += 1;
    return `flood-good-${this.#options.seed}-${this.#made}`;
  }
}
