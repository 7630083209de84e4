import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { closeServer, listen } from '../../http/listen.ts';
import { readLimitedBody } from '../../http/readBody.ts';
import { localSecrets } from '../../system/systemOptions.ts';
import type { SegmentPayloadEvent } from '../payload.ts';
import { judgeBatch, maxBatchBytes } from '../trackingBatch.ts';
import { trackingKey } from '../trackingKey.ts';
import { type ApiReply, problem, tooManyRequests } from './apiReply.ts';
import { deliverEvents, type WorkspaceDelivery } from './deliverEvents.ts';
import { answerApi } from './publicApi.ts';
import {
  type StoredDestination,
  type StoredSubscription,
  type WorkspaceSource,
  WorkspaceState,
} from './workspaceState.ts';

/** How a workspace is started. */
export interface WorkspaceOptions {
  /** @default 0, any free port */
  readonly port?: number;
  /** Of the Public API. @default a documented token that only the stand-in takes */
  readonly token?: string;
  /** @default one, "website" */
  readonly sources?: readonly WorkspaceSource[];
  /** Whether the catalog offers "Use X-Segment-Signature Header". @default true */
  readonly offersWholeBodySignature?: boolean;
  /** Elements of a page of the Public API. @default 200 */
  readonly pageSize?: number;
}

/** One call of the Public API. */
export interface ApiRequest {
  readonly method: string;
  /** With its query. */
  readonly path: string;
  readonly status: number;
  readonly body: unknown;
}

/** A running stand-in for a Segment workspace: Public API, Tracking API, and deliveries to mappings. */
export interface SegmentWorkspace {
  /** E.g. `http://127.0.0.1:4030`, for `https://api.segmentapis.com`. */
  readonly apiUrl: string;
  /** E.g. `http://127.0.0.1:4030/v1`, for `https://api.segment.io/v1`. */
  readonly trackingUrl: string;
  /** Calls of the Public API in order. */
  requests(): readonly ApiRequest[];
  /** With their secrets in the clear. */
  destinations(): readonly StoredDestination[];
  subscriptions(destinationId: string): readonly StoredSubscription[];
  /** What somebody changes by hand in Segment's pages. */
  editDestination(id: string, change: Partial<Omit<StoredDestination, 'id'>>): void;
  editSubscription(id: string, change: Partial<Omit<StoredSubscription, 'id'>>): void;
  removeSubscription(id: string): void;
  /** Answers the next calls of the Public API with an error. */
  failNext(times: number, status: number, options?: { readonly msBeforeNext?: number }): void;
  /** Requests to webhooks so far. */
  deliveries(): readonly WorkspaceDelivery[];
  stop(): Promise<void>;
}

const defaultSource: WorkspaceSource = {
  id: 'src_local',
  slug: 'website',
  name: 'Website',
  writeKey: localSecrets.segmentWriteKey,
};

/**
 * Starts a workspace on this machine. An event that comes by the Tracking API with the write key of a source is sent on
 * to the mappings of that source's destinations.
 *
 * @example const workspace = await startSegmentWorkspace({ token: 'secret', offersWholeBodySignature: false });
 */
export async function startSegmentWorkspace(options: WorkspaceOptions = {}): Promise<SegmentWorkspace> {
  const running = new RunningWorkspace(options);
  const server = createServer((incoming, response) => {
    running.respond(incoming, response).catch(() => response.destroy());
  });
  const port = await listen(server, options.port ?? 0);
  const apiUrl = `http://127.0.0.1:${port}`;
  const { state } = running;
  return {
    apiUrl,
    trackingUrl: `${apiUrl}/v1`,
    requests: () => [...running.requests],
    destinations: () => [...state.destinations.values()],
    subscriptions: (destinationId) => state.subscriptionsOf(destinationId),
    editDestination: (id, change) => void state.changeDestination(id, change),
    editSubscription: (id, change) => void state.changeSubscription(id, change),
    removeSubscription: (id) => void state.subscriptions.delete(id),
    failNext: (times, status, { msBeforeNext } = {}) => {
      const reply =
        msBeforeNext === undefined
          ? problem(status, `Injected failure: ${status}.`)
          : tooManyRequests(msBeforeNext);
      running.failures.push(...Array.from({ length: times }, () => reply));
    },
    deliveries: () => [...running.deliveries],
    stop: async () => {
      running.stop();
      await closeServer(server);
    },
  };
}

class RunningWorkspace {
  readonly state: WorkspaceState;
  readonly requests: ApiRequest[] = [];
  readonly deliveries: WorkspaceDelivery[] = [];
  readonly failures: ApiReply[] = [];
  readonly #options: WorkspaceOptions;
  readonly #stopping = new AbortController();

  constructor(options: WorkspaceOptions) {
    this.#options = options;
    this.state = new WorkspaceState(options.sources ?? [defaultSource]);
  }

  stop(): void {
    this.#stopping.abort();
  }

  async respond(incoming: IncomingMessage, response: ServerResponse): Promise<void> {
    const text = (await readLimitedBody(incoming, maxBatchBytes))?.toString('utf8');
    const url = new URL(incoming.url ?? '/', 'http://workspace');
    if (url.pathname === '/v1/batch') {
      this.#track(incoming, text, response);
      return;
    }
    const { method = '' } = incoming;
    const body = parsed(text);
    const reply = this.#answer(incoming, url, body);
    this.requests.push({ method, path: `${url.pathname}${url.search}`, status: reply.status, body });
    write(response, reply.status, reply.body);
  }

  #answer(incoming: IncomingMessage, url: URL, body: unknown): ApiReply {
    const {
      token = localSecrets.segmentApiToken,
      offersWholeBodySignature = true,
      pageSize = 200,
    } = this.#options;
    const failure = this.failures.shift();
    if (failure !== undefined) {
      return failure;
    }
    if (incoming.headers.authorization !== `Bearer ${token}`) {
      return problem(401, 'Missing or invalid token.');
    }
    const { method = '' } = incoming;
    return answerApi({ method, url, body }, { state: this.state, offersWholeBodySignature, pageSize });
  }

  /** Answered as Segment does, 200 whatever it thinks of the events, before anything is sent on. */
  #track(incoming: IncomingMessage, text: string | undefined, response: ServerResponse): void {
    const { authorization, 'content-type': contentType } = incoming.headers;
    const verdict = judgeBatch({ authorization, contentType, text }, undefined);
    if (verdict.kind === 'refused') {
      write(response, 400, { success: false, message: verdict.reason });
      return;
    }
    write(response, 200, { success: true });
    const key = trackingKey(authorization, writeKeyIn(text));
    const source = this.state.sources.find(({ writeKey }) => writeKey === key);
    if (source !== undefined) {
      this.#sendOn(source.id, verdict.accepted);
    }
  }

  #sendOn(sourceId: string, events: readonly SegmentPayloadEvent[]): void {
    const delivered = (delivery: WorkspaceDelivery): void => void this.deliveries.push(delivery);
    // What cannot be sent is what somebody has set up so: its destination shows it as not delivered.
    deliverEvents(this.state, sourceId, events, delivered, this.#stopping.signal).catch(() => undefined);
  }
}

function write(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { 'Content-Type': 'application/json' }).end(JSON.stringify(body));
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
