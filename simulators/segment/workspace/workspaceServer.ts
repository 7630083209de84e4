import type { IncomingMessage, ServerResponse } from 'node:http';
import { readLimitedBody } from '../../http/readBody.ts';
import type { AudienceOptions } from '../audiences/audienceSpaces.ts';
import type { SegmentPayloadEvent } from '../payload.ts';
import { judgeBatch, maxBatchBytes } from '../trackingBatch.ts';
import { trackingKey } from '../trackingKey.ts';
import { type ApiReply, problem, rateLimitHeaders } from './apiReply.ts';
import { deliverEvents, type WorkspaceDelivery } from './deliverEvents.ts';
import { answerApi } from './publicApi.ts';
import type { WorkspaceSource } from './workspaceSource.ts';
import { WorkspaceState } from './workspaceState.ts';

/** One call of the Public API. */
export interface ApiRequest {
  readonly method: string;
  /** With its query. */
  readonly path: string;
  readonly status: number;
  readonly body: unknown;
}

/** The state and options behind the requests of a workspace. */
export interface WorkspaceServerSettings extends AudienceOptions {
  readonly token: string;
  readonly sources: readonly WorkspaceSource[];
  readonly offersWholeBodySignature: boolean;
  readonly deliver: boolean;
  readonly pageSize: number;
}

const batchPath = '/v1/batch';

/** GUESS: the points of a minute; each call costs one. They are counted but not enforced. */
const pointsPerMinute = 600;

/** Answers the requests of one workspace: the Tracking API below `/v1`, the Public API everywhere else. */
export class WorkspaceServer {
  readonly state: WorkspaceState;
  readonly requests: ApiRequest[] = [];
  readonly deliveries: WorkspaceDelivery[] = [];
  /** The answers of the next calls. Each is made when it is sent, because it has a time. */
  readonly failures: (() => ApiReply)[] = [];
  readonly #settings: WorkspaceServerSettings;
  readonly #stopping = new AbortController();
  #points = { minute: 0, consumed: 0 };

  constructor(settings: WorkspaceServerSettings) {
    this.#settings = settings;
    this.state = new WorkspaceState(settings.sources, settings);
  }

  /** Ends all deliveries. */
  stop(): void {
    this.#stopping.abort();
  }

  async respond(incoming: IncomingMessage, response: ServerResponse): Promise<void> {
    const text = (await readLimitedBody(incoming, maxBatchBytes))?.toString('utf8');
    const { method = '', url: path = '/' } = incoming;
    const url = new URL(`http://workspace${path}`);
    if (url.pathname.startsWith('/v1/')) {
      this.#respondToTracking(incoming, `${method} ${url.pathname}`, text, response);
      return;
    }
    const body = parsed(text);
    const reply =
      text === undefined ? problem(413, 'The body is too large.') : this.#answer(incoming, url, body);
    this.requests.push({ method, path, status: reply.status, body });
    write(response, reply.status, reply.body, reply.headers ?? this.#countPoint());
  }

  #countPoint(): Readonly<Record<string, string>> {
    const nowMs = Date.now();
    const minute = Math.floor(nowMs / 60_000);
    const consumed = minute === this.#points.minute ? this.#points.consumed + 1 : 1;
    this.#points = { minute, consumed };
    return rateLimitHeaders(consumed, Math.max(0, pointsPerMinute - consumed), (minute + 1) * 60_000 - nowMs);
  }

  #answer(incoming: IncomingMessage, url: URL, body: unknown): ApiReply {
    const { token, offersWholeBodySignature, pageSize } = this.#settings;
    const failure = this.failures.shift();
    if (failure !== undefined) {
      return failure();
    }
    if (incoming.headers.authorization !== `Bearer ${token}`) {
      return problem(401, 'Missing or invalid token.');
    }
    const { method = '' } = incoming;
    return answerApi({ method, url, body }, { state: this.state, offersWholeBodySignature, pageSize });
  }

  /** Answers as Segment does: 200 also for bad events, before any delivery. */
  #respondToTracking(
    incoming: IncomingMessage,
    endpoint: string,
    text: string | undefined,
    response: ServerResponse,
  ): void {
    if (endpoint !== `POST ${batchPath}`) {
      write(response, 404, { success: false, message: `${endpoint} is not known.` });
      return;
    }
    const { authorization, 'content-type': contentType } = incoming.headers;
    const verdict = judgeBatch({ authorization, contentType, text }, undefined);
    if (verdict.kind === 'refused') {
      write(response, 400, { success: false, message: verdict.reason });
      return;
    }
    write(response, 200, { success: true });
    const key = trackingKey(authorization, writeKeyIn(text));
    const source = this.state.sources.find(({ writeKey }) => writeKey === key);
    if (source !== undefined && this.#settings.deliver) {
      this.#sendOn(source.id, verdict.accepted);
    }
  }

  #sendOn(sourceId: string, events: readonly SegmentPayloadEvent[]): void {
    const delivered = (delivery: WorkspaceDelivery): void => void this.deliveries.push(delivery);
    deliverEvents(this.state, sourceId, events, delivered, this.#stopping.signal).catch((error: unknown) => {
      // An error of the stand-in itself, which the sender of the event would not see.
      process.emitWarning(error instanceof Error ? error : String(error));
    });
  }
}

function write(
  response: ServerResponse,
  status: number,
  body: unknown,
  headers: Readonly<Record<string, string>> = {},
): void {
  response.writeHead(status, { 'Content-Type': 'application/json', ...headers }).end(JSON.stringify(body));
}

function parsed(text: string | undefined): unknown {
  try {
    return text === undefined || text === '' ? undefined : JSON.parse(text);
  } catch {
    return undefined;
  }
}

function writeKeyIn(text: string | undefined): unknown {
  return ((parsed(text) ?? {}) as { readonly writeKey?: unknown }).writeKey;
}
