/** An answer of payload format 2.0. */
export interface HttpAnswer {
  readonly statusCode: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** What became of the events of a request; the counts add up to `received`. */
export interface EventCounts {
  readonly received: number;
  /** At least one trigger wanted it, and its runs are in the queue. */
  readonly queued: number;
  /** Queued before, by an earlier delivery or an earlier element of this one. */
  readonly duplicates: number;
  /** No trigger wanted it. */
  readonly ignored: number;
  /** Not a Segment event; logged with its index. */
  readonly invalid: number;
  /** Older than duplicates are remembered; named in the answer only when there are any. */
  readonly stale: number;
}

/** 200 with the counts. */
export function acceptedAnswer({ stale, ...counts }: EventCounts): HttpAnswer {
  return answer(200, stale === 0 ? counts : { ...counts, stale });
}

/** An error: `{"detail": "…"}`. */
export function refusalAnswer(
  status: number,
  detail: string,
  headers: Readonly<Record<string, string>> = {},
): HttpAnswer {
  return answer(status, { detail }, headers);
}

function answer(
  statusCode: number,
  body: object,
  headers: Readonly<Record<string, string>> = {},
): HttpAnswer {
  return {
    statusCode,
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify(body),
  };
}
