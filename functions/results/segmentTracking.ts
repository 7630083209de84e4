import type { TrackingEvent } from './segmentReport.ts';

const timeoutMs = 10_000;
const maxRetryAfterMs = 15 * 60_000;

/** The outcome of a batch. `again`: send it again later; `refused`: Segment will never take it. */
export type TrackingAnswer =
  | { readonly kind: 'taken' }
  | { readonly kind: 'again'; readonly detail: string; readonly retryAfterMs?: number | undefined }
  | { readonly kind: 'refused'; readonly detail: string };

/**
 * Segment's Tracking API. Its promises never reject: every failure is an answer.
 * Source: Segment HTTP API. It answers 200 to nearly everything, even to a wrong write key or region.
 */
export class SegmentTracking {
  readonly #baseUrl: string;

  /** @param baseUrl e.g. `https://api.segment.io/v1`, for the EU `https://events.eu1.segmentapis.com/v1` */
  constructor(baseUrl: string) {
    this.#baseUrl = baseUrl.replace(/\/+$/, '');
  }

  /** Sends events in one batch. */
  async send(events: readonly TrackingEvent[], writeKey: string): Promise<TrackingAnswer> {
    try {
      const response = await fetch(`${this.#baseUrl}/batch`, {
        method: 'POST',
        headers: {
          authorization: `Basic ${Buffer.from(`${writeKey}:`).toString('base64')}`,
          'content-type': 'application/json',
        },
        body: JSON.stringify({ batch: events }),
        // A redirect would send the key to another server.
        redirect: 'manual',
        signal: AbortSignal.timeout(timeoutMs),
      });
      await response.body?.cancel();
      return answerOf(response);
    } catch (error) {
      const { name, cause } = error as Error;
      const code = (cause as { readonly code?: string } | undefined)?.code ?? name;
      return { kind: 'again', detail: `Segment did not answer: ${code}` };
    }
  }
}

function answerOf({ ok, status, headers }: Response): TrackingAnswer {
  if (ok) {
    return { kind: 'taken' };
  }
  const detail = `Segment answered ${status}`;
  if (status === 429 || status >= 500 || status === 408 || status === 401 || status === 403) {
    const seconds = Number(headers.get('retry-after') ?? Number.NaN);
    const retryAfterMs = seconds >= 0 ? Math.min(maxRetryAfterMs, seconds * 1000) : undefined;
    return { kind: 'again', detail, retryAfterMs };
  }
  return { kind: 'refused', detail };
}
