import type { AdmittedCall, Api, Arrival, ArrivedCall } from '../http/api.ts';
import { maskKey } from '../http/maskKey.ts';
import { parseJson } from '../http/parseJson.ts';
import type { ApiAnswer } from '../http/reply.ts';
import { ApiError, errorBodyFor } from './apiError.ts';
import { bearerKey, keyPrefix, refuseKey } from './apiKey.ts';
import { rateLimitHeaders } from './rateLimit.ts';
import { findRoute } from './route.ts';
import { routes } from './routes.ts';
import type { Simulation } from './simulation.ts';
import { simulationState } from './simulationState.ts';

/** GUESS: no limit is documented. This is far above the longest documented field, of 100,000 characters. */
export const maxBodyBytes = 1_000_000;

/** The API of a simulation. */
export function maveraApi(simulation: Simulation): Api {
  const { account } = simulation;
  return {
    name: 'Mavera',
    basePath: '/api/v1',
    maxBodyBytes,
    arrive: (call) => arrive(simulation, call),
    answer: (call) => answer(simulation, call).catch(errorAnswer),
    errorBody: errorBodyFor,
    state: () => simulationState(simulation),
    ended: ({ atMs }, status) => {
      account.usage.requests += 1;
      account.usage.errors += status !== undefined && status < 400 ? 0 : 1;
      account.usage.durationMs += account.now() - atMs;
    },
  };
}

function arrive({ apiKey, limits }: Simulation, { atMs, headers }: ArrivedCall): Arrival {
  const key = bearerKey(headers.authorization);
  const badKey = refuseKey(headers.authorization, apiKey);
  if (badKey === undefined) {
    limits.record(key, atMs);
  }
  const window = limits.windowOf(badKey === undefined ? key : '');
  const admission = badKey === undefined ? window.admit(atMs) : window.look(atMs);
  const refusal = badKey ?? (admission.admitted ? undefined : new ApiError('rate_limit_exceeded'));
  return {
    key: maskKey(key, keyPrefix),
    refusal: refusal === undefined ? undefined : errorAnswer(refusal),
    headers: rateLimitHeaders(admission, atMs),
  };
}

async function answer({ account }: Simulation, call: AdmittedCall): Promise<ApiAnswer> {
  const { route, params } = findRoute(routes, call.method, call.path);
  return await route.handle(
    {
      params,
      query: call.query,
      body: parseBody(call.body),
      takeTime: (group) => call.takeTime(account.drawLatency(group)),
    },
    account,
  );
}

/** @throws ApiError 413, or 400 for what is not a JSON object; an absent body is an empty object */
function parseBody(text: string | undefined): Readonly<Record<string, unknown>> {
  if (text === undefined) {
    throw new ApiError('payload_too_large');
  }
  const value = text === '' ? {} : parseJson(text);
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new ApiError('invalid_field', { message: 'The body is not a JSON object.' });
  }
  return { ...value };
}

/** The answer to an error: the refusal of an {@link ApiError}, or 500 for any other. */
function errorAnswer(error: unknown): ApiAnswer {
  const known = error instanceof ApiError ? error : new ApiError('internal_error');
  return { status: known.status, body: known.body, headers: known.headers };
}
