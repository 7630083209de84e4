import type { CallAnswer } from '../../../functions/systems/callAnswer.ts';
import { isThrottled } from '../../../functions/systems/callAnswer.ts';
import { readResponse } from '../../../functions/systems/readResponse.ts';
import {
  type RequestCounts,
  SystemClient,
  type SystemRequest,
} from '../../../functions/systems/systemClient.ts';
import { systems } from '../../../functions/systems/systems.ts';
import { BusiestWindow, SlidingWindow } from '../../../simulators/http/slidingWindow.ts';
import { type Account, type AccountOptions, openAccount } from '../../../simulators/mavera/account.ts';
import { ApiError } from '../../../simulators/mavera/apiError.ts';
import { rateLimitHeaders, windowMs } from '../../../simulators/mavera/rateLimit.ts';
import { findRoute } from '../../../simulators/mavera/route.ts';
import { routes } from '../../../simulators/mavera/routes.ts';
import type { SimulatedTime } from '../../../simulators/time/simulatedTime.ts';
import type { Environment } from '../lambda/environment.ts';

/** One call as Mavera sees it. */
export interface SeenCall {
  readonly atMs: number;
  readonly isWork: boolean;
  /** The `name` or `message` of the request's body. */
  readonly subject: string | undefined;
  status: number;
}

/** What a simulated Mavera is made of. */
export interface MaveraOptions extends Omit<AccountOptions, 'now'> {
  readonly time: SimulatedTime;
  readonly random: () => number;
  /** Share of calls that do their work and whose answer is lost. */
  readonly lost: number;
  /** From when until when it answers every call with 503. */
  readonly down?: { readonly fromMs: number; readonly untilMs: number } | undefined;
}

/** How long the network takes in each direction. */
const networkMs = { least: 10, most: 60 };

/**
 * Mavera in memory, on simulated time: the routes, credits, caps and the sliding window of the simulator, without its server.
 */
export class SimulatedMavera {
  readonly calls: SeenCall[] = [];
  readonly account: Account;
  readonly #options: MaveraOptions;
  readonly #window: SlidingWindow;
  readonly #busiest = new BusiestWindow(windowMs);

  constructor(options: MaveraOptions) {
    this.#options = options;
    this.account = openAccount({ ...options, now: options.time.now });
    this.#window = new SlidingWindow(options.requestsPerMinute, windowMs);
  }

  /** The greatest number of calls within any 60 seconds, refused ones included. */
  get busiestWindow(): number {
    return this.#busiest.greatest;
  }

  /** The client of one environment. */
  client(environment: Environment): SystemClient {
    return new SimulatedClient((request) => this.#call(request, environment), environment.now);
  }

  async #call(request: SystemRequest, environment: Environment): Promise<CallAnswer> {
    const { time, random, lost } = this.#options;
    const travelMs = (): number => networkMs.least + random() * (networkMs.most - networkMs.least);
    await environment.sleep(travelMs());
    const isLost = request.method !== 'GET' && random() < lost;
    const { status, headers, body } = await this.#answer(request);
    if (isLost) {
      await environment.sleep(travelMs());
      return { kind: 'lost', detail: 'The connection to Mavera broke: ECONNRESET' };
    }
    await environment.sleep(travelMs());
    return readResponse(
      systems.mavera,
      { status, headers: new Headers(headers), body: JSON.stringify(body) },
      request.method === 'GET',
      time.now(),
    );
  }

  /** Mavera answers, whether or not the caller is still there. */
  async #answer(request: SystemRequest): Promise<{
    readonly status: number;
    readonly headers: Readonly<Record<string, string>>;
    readonly body: unknown;
  }> {
    const { time, down } = this.#options;
    const nowMs = time.now();
    const seen: SeenCall = {
      atMs: nowMs,
      isWork: request.method !== 'GET',
      subject: subjectOf(request.body),
      status: 0,
    };
    this.calls.push(seen);
    this.#busiest.record(nowMs);
    const admission = this.#window.admit(nowMs);
    const headers = rateLimitHeaders(admission, nowMs);
    const isDown = down !== undefined && nowMs >= down.fromMs && nowMs < down.untilMs;
    const refusal = !admission.admitted
      ? new ApiError('rate_limit_exceeded')
      : isDown
        ? new ApiError('service_unavailable')
        : undefined;
    const answered = refusal ?? (await this.#work(request).catch((error: unknown) => error));
    if (answered instanceof ApiError) {
      seen.status = answered.status;
      return { status: answered.status, headers: { ...headers, ...answered.headers }, body: answered.body };
    }
    if (answered instanceof Error) {
      throw answered;
    }
    const { status, body } = answered as { readonly status: number; readonly body: unknown };
    seen.status = status;
    return { status, headers, body };
  }

  async #work({ method, path, body = {} }: SystemRequest): Promise<unknown> {
    const { pathname, searchParams } = new URL(path, 'http://mavera.simulated');
    const { route, params } = findRoute(routes, method, pathname);
    const takeTime = (group: Parameters<Account['drawLatency']>[0]): Promise<void> =>
      this.#options.time.sleep(this.account.drawLatency(group));
    return await route.handle({ params, query: searchParams, body, takeTime }, this.account);
  }
}

/** A client whose calls stay in memory. */
class SimulatedClient extends SystemClient {
  readonly #call: (request: SystemRequest) => Promise<CallAnswer>;
  #counts: RequestCounts = { made: 0, throttled: 0 };

  constructor(call: (request: SystemRequest) => Promise<CallAnswer>, now: () => number) {
    super({ system: 'mavera', baseUrl: 'http://mavera.simulated', timeoutMs: 0, now });
    this.#call = call;
  }

  override get requests(): RequestCounts {
    return this.#counts;
  }

  override async call(request: SystemRequest): Promise<CallAnswer> {
    const answer = await this.#call(request);
    const isRefused = answer.kind !== 'answered' && isThrottled(answer);
    this.#counts = { made: this.#counts.made + 1, throttled: this.#counts.throttled + (isRefused ? 1 : 0) };
    return answer;
  }
}

function subjectOf(body: SystemRequest['body']): string | undefined {
  const subject = body?.name ?? body?.message;
  return typeof subject === 'string' ? subject : undefined;
}
