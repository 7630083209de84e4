import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { closeServer, listen } from '../http/listen.ts';
import { readLimitedBody } from '../http/readBody.ts';
import type { SegmentPayloadEvent } from './payload.ts';
import { type DroppedEvent, judgeBatch, maxBatchBytes } from './trackingBatch.ts';

const batchPath = '/v1/batch';

/** The options of the server. */
export interface TrackingServerOptions {
  /** @default 0, any free port */
  readonly port?: number;
  /** The only write key whose events are accepted. @default any */
  readonly writeKey?: string;
}

/** One request, with its answer and the outcome of its events. */
export interface TrackingRequest {
  /** Arrival, in epoch milliseconds. */
  readonly atMs: number;
  readonly method: string;
  readonly path: string;
  readonly status: number;
  readonly accepted: readonly SegmentPayloadEvent[];
  readonly dropped: readonly DroppedEvent[];
}

/** A running stand-in for Segment's Tracking API. */
export interface TrackingServer {
  /** E.g. `http://127.0.0.1:4020/v1`, for `https://api.segment.io/v1`. */
  readonly baseUrl: string;
  /** Every event that was accepted, in the order of arrival; one that was sent twice is there twice. */
  events(): readonly SegmentPayloadEvent[];
  /** Every event that was dropped, although answered with 200, with the reason. */
  dropped(): readonly DroppedEvent[];
  /** Every request, refused ones included, in the order in which they were answered. */
  requests(): readonly TrackingRequest[];
  /**
   * Answers the next batches with a status, and accepts none of their events.
   *
   * @param retryAfterSeconds sent as `Retry-After` and `X-RateLimit-Reset`, as Segment does with 429
   */
  failNext(times: number, status: number, retryAfterSeconds?: number): void;
  /** Ends all requests and frees the port. */
  stop(): Promise<void>;
}

interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: object;
}

interface Outcome extends Pick<TrackingRequest, 'accepted' | 'dropped'> {
  readonly answer: Answer;
}

/** The state of the server. */
interface TrackingState {
  readonly writeKey: string | undefined;
  readonly requests: TrackingRequest[];
  /** The answers of the next batches. */
  readonly failures: Answer[];
}

/**
 * Starts a stand-in for Segment's Tracking API on this machine: `POST /v1/batch`, and 404 for everything else.
 * It keeps all events. Unlike Segment, it does not drop repeated message ids, so that a test can find them.
 *
 * Source: Segment docs, HTTP API. GUESS: the body of a refusal.
 *
 * @example
 * const tracking = await startTrackingServer({ writeKey: 'local' });
 * tracking.failNext(2, 429, 1);
 */
export async function startTrackingServer(options: TrackingServerOptions = {}): Promise<TrackingServer> {
  const state: TrackingState = { writeKey: options.writeKey, requests: [], failures: [] };
  const server = createServer((incoming, response) => {
    respond(state, incoming, response).catch(() => response.destroy());
  });
  const port = await listen(server, options.port ?? 0);
  return {
    baseUrl: `http://127.0.0.1:${port}/v1`,
    events: () => state.requests.flatMap(({ accepted }) => accepted),
    dropped: () => state.requests.flatMap(({ dropped }) => dropped),
    requests: () => [...state.requests],
    failNext: (times, status, retryAfterSeconds) => {
      state.failures.push(...Array.from({ length: times }, () => failure(status, retryAfterSeconds)));
    },
    stop: () => closeServer(server),
  };
}

async function respond(
  state: TrackingState,
  incoming: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const atMs = Date.now();
  const { method = '', url: path = '' } = incoming;
  const text = (await readLimitedBody(incoming, maxBatchBytes))?.toString('utf8');
  const { answer, accepted, dropped } = decide(state, incoming, text);
  const { status, headers, body } = answer;
  state.requests.push({ atMs, method, path, status, accepted, dropped });
  response.writeHead(status, { 'Content-Type': 'application/json', ...headers }).end(JSON.stringify(body));
}

function decide(state: TrackingState, incoming: IncomingMessage, text: string | undefined): Outcome {
  const { method, url, headers } = incoming;
  if (method !== 'POST' || url !== batchPath) {
    return nothingTaken(refusal(404, `${method} ${url} is not known.`));
  }
  const failed = state.failures.shift();
  if (failed !== undefined) {
    return nothingTaken(failed);
  }
  const call = { authorization: headers.authorization, contentType: headers['content-type'], text };
  const verdict = judgeBatch(call, state.writeKey);
  return verdict.kind === 'refused'
    ? nothingTaken(refusal(400, verdict.reason))
    : { ...verdict, answer: { status: 200, headers: {}, body: { success: true } } };
}

function nothingTaken(answer: Answer): Outcome {
  return { answer, accepted: [], dropped: [] };
}

function failure(status: number, retryAfterSeconds: number | undefined): Answer {
  const answer = refusal(status, `Injected failure: ${status}.`);
  const seconds = String(retryAfterSeconds);
  return retryAfterSeconds === undefined
    ? answer
    : { ...answer, headers: { 'Retry-After': seconds, 'X-RateLimit-Reset': seconds } };
}

function refusal(status: number, message: string): Answer {
  return { status, headers: {}, body: { success: false, message } };
}
