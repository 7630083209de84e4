import type { Reception } from '../functions/receive/reception.ts';
import type { SourceName } from '../functions/sources/source.ts';
import type { Deployment } from './deployment/deployment.ts';
import type { TrialSecrets } from './deployment/trialSecrets.ts';
import { signEvents, type TrialRequest } from './signEvents.ts';
import type { ReceivedEvents } from './trial.ts';
import { InvalidTrialError } from './trialOptions.ts';

const none: ReceivedEvents = {
  received: 0,
  queued: 0,
  duplicates: 0,
  ignored: 0,
  invalid: 0,
  stale: 0,
  sampledOut: 0,
};

/** The events that are posted to the receiver of a trial, and what became of them. */
export class PostedEvents {
  readonly #deployment: Deployment;
  readonly #secrets: TrialSecrets;
  #counts = none;
  #whole = 0;

  constructor(deployment: Deployment, secrets: TrialSecrets) {
    this.#deployment = deployment;
    this.#secrets = secrets;
  }

  get counts(): ReceivedEvents {
    return this.#counts;
  }

  /** Has the receiver take one request. */
  async post({ body, headers }: TrialRequest, path: string): Promise<Reception> {
    const http = { method: 'POST' };
    const event = { rawPath: path, headers, body, isBase64Encoded: false, requestContext: { http } };
    const reception = await this.#deployment.receive(event);
    const { counts } = reception;
    if (counts !== undefined) {
      const names = Object.keys(none) as (keyof ReceivedEvents)[];
      const sums = names.map((name) => [name, this.#counts[name] + counts[name]]);
      this.#counts = Object.fromEntries(sums) as unknown as ReceivedEvents;
    }
    return reception;
  }

  /** Posts events as their source does. @throws InvalidTrialError for an event that the receiver does not take */
  async send(source: SourceName, events: readonly object[], path: string): Promise<void> {
    const whole = source === 'segment' ? events.map((event) => this.#complete(event)) : events;
    const nowMs = this.#deployment.time.now();
    for (const [index, request] of signEvents(source, whole, this.#secrets, nowMs).entries()) {
      const { answer, detail, invalid = [] } = await this.post(request, path);
      const [first] = invalid;
      if (answer.statusCode !== 200 || first !== undefined) {
        // SendGrid posts all events in one request.
        const event = whole[source === 'sendgrid' ? (first?.index ?? 0) : index];
        throw new InvalidTrialError(refusal(source, event, answer.statusCode, detail ?? first?.problem));
      }
    }
  }

  /** Adds what Segment adds to an event. */
  #complete(event: object): object {
    this.#whole += 1;
    const timestamp = new Date(this.#deployment.time.now()).toISOString();
    return { messageId: `trial-${this.#whole}`, timestamp, ...event };
  }
}

function refusal(
  source: SourceName,
  event: object | undefined,
  status: number,
  why: string = 'it gives no reason',
): string {
  const shown = JSON.stringify(event)?.slice(0, 200);
  return `The receiver does not take this event of ${source} (${status}): ${why}. The event: ${shown}`;
}
