import type { CallAnswer } from '../../../functions/systems/callAnswer.ts';
import { readResponse } from '../../../functions/systems/readResponse.ts';
import {
  SystemClient,
  type SystemClientOptions,
  type SystemRequest,
} from '../../../functions/systems/systemClient.ts';
import { systems } from '../../../functions/systems/systems.ts';
import { BusiestWindow, SlidingWindow } from '../../../simulators/http/slidingWindow.ts';
import type { SimulatedTime } from '../../../simulators/time/simulatedTime.ts';
import type { Environment } from '../lambda/environment.ts';

/** A limit of Segment, and what it has seen of it. Refused calls are counted too. */
export interface WatchedLimit {
  readonly name: string;
  readonly requests: number;
  readonly perMs: number;
  readonly busiest: BusiestWindow;
  readonly window: SlidingWindow;
  calls: number;
  refused: number;
}

export interface SegmentOptions {
  readonly time: SimulatedTime;
  readonly random: () => number;
  /** Audiences of each space. */
  readonly audiences: number;
  /** Rows of each preview. */
  readonly sample: number;
}

interface Endpoint {
  readonly limit: WatchedLimit;
  readonly pattern: RegExp;
  readonly method: string;
  readonly answer: (path: readonly string[], query: URLSearchParams) => unknown;
}

/** Previews of a space that Segment allows in a month. */
export const previewsAMonth = 700;

const minuteMs = 60_000;
const pageSize = 200;
/** How long a preview takes. */
const previewMs = 8_000;
const networkMs = { least: 20, most: 200 };

/**
 * Segment's Public API and Profile API in memory, on simulated time, with the limits that Segment documents. A limit counts all
 * spaces together, as a workspace's does.
 */
export class SimulatedSegment {
  readonly limits: readonly WatchedLimit[];
  /** Previews that were started, by space and UTC month. */
  readonly previews = new Map<string, number>();
  readonly #options: SegmentOptions;
  readonly #endpoints: readonly Endpoint[];
  readonly #startedAtMs = new Map<string, number>();

  constructor(options: SegmentOptions) {
    this.#options = options;
    const { audiences, sample } = options;
    const lists = limitOf('lists of audiences', 60);
    const reads = limitOf('reads of an audience', 100);
    const previews = limitOf('previews of audiences', 5);
    const previewReads = limitOf('reads of a preview', 300);
    const profiles = limitOf('calls of the Profile API', 100, 1_000);
    this.limits = [lists, reads, previews, previewReads, profiles];
    this.#endpoints = [
      {
        limit: previews,
        method: 'POST',
        pattern: /^\/spaces\/([^/]+)\/audiences\/previews$/,
        answer: ([space = '']) => ({ data: { audiencePreview: { id: this.#preview(space) } } }),
      },
      {
        limit: previewReads,
        method: 'GET',
        pattern: /^\/spaces\/([^/]+)\/audiences\/previews\/([^/]+)$/,
        answer: ([, id = '']) => ({ data: { audiencePreview: this.#readPreview(id, sample) } }),
      },
      {
        limit: reads,
        method: 'GET',
        pattern: /^\/spaces\/([^/]+)\/audiences\/([^/]+)$/,
        answer: ([, id = '']) => ({ data: { audience: audienceOf(id) } }),
      },
      {
        limit: lists,
        method: 'GET',
        pattern: /^\/spaces\/([^/]+)\/audiences$/,
        answer: (_path, query) => ({ data: pageOf(audiences, Number(query.get('pagination.cursor') ?? 0)) }),
      },
      {
        limit: profiles,
        method: 'GET',
        pattern: /\/profiles\/([^/]+)\/traits$/,
        answer: () => ({ traits: { plan: 'pro' }, cursor: { has_more: false } }),
      },
    ];
  }

  /** The client of one environment. */
  client(options: SystemClientOptions, environment: Environment): SystemClient {
    return new SimulatedClient(options, (request) => this.#call(request, environment, options));
  }

  async #call(
    request: SystemRequest,
    environment: Environment,
    { system }: SystemClientOptions,
  ): Promise<CallAnswer> {
    const travelMs = (): number =>
      networkMs.least + this.#options.random() * (networkMs.most - networkMs.least);
    await environment.sleep(travelMs());
    const { status, body } = this.#answer(request);
    await environment.sleep(travelMs());
    return readResponse(
      systems[system],
      { status, headers: new Headers(), body: JSON.stringify(body) },
      request.method === 'GET',
      this.#options.time.now(),
    );
  }

  #answer({ method, path }: SystemRequest): { readonly status: number; readonly body: unknown } {
    const { pathname, searchParams } = new URL(path, 'http://segment.simulated');
    const found = this.#endpoints.find((one) => one.method === method && one.pattern.test(pathname));
    if (found === undefined) {
      return { status: 404, body: { errors: [{ type: 'not-found' }] } };
    }
    const { limit, pattern, answer } = found;
    const nowMs = this.#options.time.now();
    limit.calls += 1;
    limit.busiest.record(nowMs);
    if (!limit.window.admit(nowMs).admitted) {
      limit.refused += 1;
      return { status: 429, body: { errors: [{ type: 'too-many-requests' }] } };
    }
    return { status: 200, body: answer(pattern.exec(pathname)?.slice(1) ?? [], searchParams) };
  }

  #preview(space: string): string {
    const nowMs = this.#options.time.now();
    const month = `${space} ${new Date(nowMs).toISOString().slice(0, 7)}`;
    this.previews.set(month, (this.previews.get(month) ?? 0) + 1);
    const id = `preview-${this.#startedAtMs.size + 1}`;
    this.#startedAtMs.set(id, nowMs);
    return id;
  }

  #readPreview(id: string, sample: number): object {
    const startedAtMs = this.#startedAtMs.get(id) ?? Number.POSITIVE_INFINITY;
    return this.#options.time.now() < startedAtMs + previewMs
      ? { status: 'RUNNING' }
      : {
          status: 'COMPLETED',
          results: Array.from({ length: sample }, (_, index) => ({ id: `use_${id}_${index}` })),
        };
  }
}

/** A client whose calls stay in memory. */
class SimulatedClient extends SystemClient {
  readonly #call: (request: SystemRequest) => Promise<CallAnswer>;

  constructor(options: SystemClientOptions, call: (request: SystemRequest) => Promise<CallAnswer>) {
    super(options);
    this.#call = call;
  }

  override async call(request: SystemRequest): Promise<CallAnswer> {
    return await this.#call(request);
  }
}

function limitOf(name: string, requests: number, perMs = minuteMs): WatchedLimit {
  return {
    name,
    requests,
    perMs,
    busiest: new BusiestWindow(perMs),
    window: new SlidingWindow(requests, perMs),
    calls: 0,
    refused: 0,
  };
}

function audienceOf(id: string): object {
  return {
    id,
    key: id,
    name: id,
    enabled: true,
    audienceType: 'USERS',
    definition: { query: `trait('plan') = '${id}'` },
  };
}

function pageOf(audiences: number, from: number): object {
  const until = Math.min(audiences, from + pageSize);
  return {
    audiences: Array.from({ length: until - from }, (_, index) => audienceOf(`aud_${from + index}`)),
    pagination: until < audiences ? { next: String(until) } : {},
  };
}
