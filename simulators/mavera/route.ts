import { findEndpoint } from '../http/findEndpoint.ts';
import type { ApiAnswer } from '../http/reply.ts';
import type { Account } from './account.ts';
import { ApiError, notFound } from './apiError.ts';
import type { LatencyGroup } from './latency.ts';

/** A call that has passed authentication and the rate limit. */
export interface ApiRequest {
  /** Values of the `:name` parts of the route's path. */
  readonly params: Readonly<Record<string, string>>;
  readonly query: URLSearchParams;
  /** The parsed body, `{}` for a method that has none. */
  readonly body: Readonly<Record<string, unknown>>;
  /** Waits as long as a call of this kind takes, an injected delay included. */
  readonly takeTime: (group: LatencyGroup) => Promise<void>;
}

/** One method of one path; each resource's file exports its routes. */
export interface Route {
  readonly method: 'GET' | 'POST' | 'PATCH' | 'DELETE';
  /** Below the base path, e.g. `/personas/:id`. */
  readonly path: string;
  /** @throws ApiError for each documented refusal */
  readonly handle: (request: ApiRequest, account: Account) => Promise<ApiAnswer>;
}

export interface FoundRoute {
  readonly route: Route;
  readonly params: Readonly<Record<string, string>>;
}

/** @throws ApiError 404 for an unknown path, 405 with `Allow` for a known one */
export function findRoute(routes: readonly Route[], method: string, path: string): FoundRoute {
  const found = findEndpoint(routes, method, path);
  if (found.found) {
    return { route: found.endpoint, params: found.params };
  }
  if (found.allowed.length === 0) {
    throw notFound(`The path ${path}`);
  }
  throw new ApiError('method_not_allowed', { headers: { Allow: found.allowed.join(', ') } });
}
