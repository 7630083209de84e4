import type { AdmittedCall, Api } from '../../http/api.ts';
import { maskKey } from '../../http/maskKey.ts';
import type { ApiAnswer } from '../../http/reply.ts';
import type { AudienceOptions } from '../audiences/audienceSpaces.ts';
import { orderAudiences } from '../audiences/orderAudiences.ts';
import type { SegmentPayloadEvent } from '../payload.ts';
import { judgeBatch, maxBatchBytes } from '../trackingBatch.ts';
import { trackingKey } from '../trackingKey.ts';
import type { ApiCall } from './apiCall.ts';
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

  /** What a server does with the requests. */
  get api(): Api {
    return {
      name: 'Segment workspace',
      basePath: '',
      maxBodyBytes: maxBatchBytes,
      // Each of the two APIs judges the credentials itself.
      arrive: ({ headers }) => ({ key: maskKey(headers.authorization?.split(' ').at(-1) ?? '') }),
      answer: async (call) => {
        await call.takeTime(0);
        return call.path.startsWith('/v1/') ? this.#answerTracking(call) : this.#answerPublicApi(call);
      },
      errorBody: (status, _code, message = `Injected failure: ${status}.`) => problem(status, message).body,
      state: () => ({ sources: this.state.sources.length, destinations: this.state.destinations.size }),
      control: async (what, body) => orderAudiences(this.state.spaces, what, body),
    };
  }

  #countPoint(): Readonly<Record<string, string>> {
    const nowMs = Date.now();
    const minute = Math.floor(nowMs / 60_000);
    const consumed = minute === this.#points.minute ? this.#points.consumed + 1 : 1;
    this.#points = { minute, consumed };
    return rateLimitHeaders(consumed, Math.max(0, pointsPerMinute - consumed), (minute + 1) * 60_000 - nowMs);
  }

  #answerPublicApi({ method, path, query, headers, body: text }: AdmittedCall): ApiAnswer {
    const url = new URL(`http://workspace${path}?${query}`);
    const body = parsed(text);
    const { authorization } = headers;
    const reply =
      text === undefined
        ? problem(413, 'The body is too large.')
        : this.#decide({ method, url, body }, authorization);
    this.requests.push({ method, path: `${path}${url.search}`, status: reply.status, body });
    return { ...reply, headers: reply.headers ?? this.#countPoint() };
  }

  #decide(call: ApiCall, authorization: string | undefined): ApiReply {
    const { token, offersWholeBodySignature, pageSize } = this.#settings;
    const failure = this.failures.shift();
    if (failure !== undefined) {
      return failure();
    }
    if (authorization !== `Bearer ${token}`) {
      return problem(401, 'Missing or invalid token.');
    }
    return answerApi(call, { state: this.state, offersWholeBodySignature, pageSize });
  }

  /** Answers as Segment does: 200 also for bad events, before any delivery. */
  #answerTracking({ method, path, headers, body: text }: AdmittedCall): ApiAnswer {
    if (method !== 'POST' || path !== batchPath) {
      return { status: 404, body: { success: false, message: `${method} ${path} is not known.` } };
    }
    const { authorization, 'content-type': contentType } = headers;
    const verdict = judgeBatch({ authorization, contentType, text }, undefined);
    if (verdict.kind === 'refused') {
      return { status: 400, body: { success: false, message: verdict.reason } };
    }
    const key = trackingKey(authorization, writeKeyIn(text));
    const source = this.state.sources.find(({ writeKey }) => writeKey === key);
    if (source !== undefined && this.#settings.deliver) {
      this.#sendOn(source.id, verdict.accepted);
    }
    return { status: 200, body: { success: true } };
  }

  #sendOn(sourceId: string, events: readonly SegmentPayloadEvent[]): void {
    const delivered = (delivery: WorkspaceDelivery): void => void this.deliveries.push(delivery);
    deliverEvents(this.state, sourceId, events, delivered, this.#stopping.signal).catch((error: unknown) => {
      // An error of the stand-in itself, which the sender of the event would not see.
      process.emitWarning(error instanceof Error ? error : String(error));
    });
  }
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
