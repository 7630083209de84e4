import { type Random, seededRandom } from '../../../simulators/mavera/seededRandom.ts';
import type { SegmentPayloadEvent } from '../../../simulators/segment/payload.ts';
import { type SendToWebhookOptions, sendToWebhook } from '../../../simulators/segment/sendToWebhook.ts';
import type { SignatureForm } from '../../../simulators/segment/webhookRequest.ts';
import type { Answer } from './rawRequest.ts';
import { markerOf, type WantedEvent, wantedEvent } from './wantedEvent.ts';

/** Segment's waits between retries are multiplied with it: 2 seconds become 40 ms. */
const timeScale = 0.02;

/** One delivery of events, with all its attempts. */
export interface GoodDelivery {
  readonly markers: readonly string[];
  readonly endedAtMs: number;
  /** `delivered`, or how Segment would have ended it. */
  readonly outcome: string;
  readonly answers: readonly Answer[];
}

/** Where the good traffic goes. */
export interface GoodTrafficOptions {
  readonly url: string;
  readonly secret: string;
  readonly bearerToken: string;
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
    this.#made += 1;
    return wantedEvent(`flood-good-${this.#options.seed}-${this.#made}`, properties);
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
    const delivery: GoodDelivery = {
      markers: events.flatMap((event) => markerOf(event) ?? []),
      endedAtMs: Date.now(),
      outcome,
      answers: attempts.map(({ status }) => status ?? 'none'),
    };
    this.deliveries.push(delivery);
    return delivery;
  }
}
