import * as z from 'zod';
import type { AdmittedCall, Api, Arrival, ArrivedCall } from '../http/api.ts';
import { findEndpoint } from '../http/findEndpoint.ts';
import { maskKey } from '../http/maskKey.ts';
import { parseJson } from '../http/parseJson.ts';
import type { PostOutcome } from '../http/post.ts';
import { answerOrRefusal } from '../http/refusal.ts';
import type { ApiAnswer } from '../http/reply.ts';
import { SlidingWindow } from '../http/slidingWindow.ts';
import { endpoints, type MemberForm } from './endpoints.ts';
import { detail } from './problem.ts';
import type { SegOpsAccount } from './segOpsAccount.ts';

/** What the API is made of. */
export interface SegOpsApiOptions {
  readonly account: SegOpsAccount;
  readonly apiKey: string;
  readonly requestsPerMinute: number;
  readonly memberForm: MemberForm;
  readonly latencyMs: number;
  /** Computes a segment, and posts to the webhooks. */
  readonly recompute: (id: number) => Promise<readonly PostOutcome[]>;
}

const minuteMs = 60_000;
/** GUESS: no limit is documented. */
const maxBodyBytes = 5_000_000;

/** The API of an account. Source: SegOps documentation: all paths end with a slash. */
export function segOpsApi(options: SegOpsApiOptions): Api {
  const { account, latencyMs, requestsPerMinute } = options;
  const window = new SlidingWindow(requestsPerMinute, minuteMs);
  return {
    name: 'SegOps',
    basePath: '/api',
    maxBodyBytes,
    arrive: (call) => arrive(call, options.apiKey, window),
    answer: async (call) => {
      await call.takeTime(latencyMs);
      return await answer(call, options);
    },
    errorBody: (status, _code, message) => detail(status, message),
    state: () => ({
      segments: account.segments().length,
      events: account.events.length,
      skipped: account.skipped,
    }),
    control: async (what, body) =>
      what === 'POST /__simulator/recompute' ? await recomputeOnDemand(options, body) : undefined,
  };
}

const recomputeRequest = z.object({ segment: z.int() });

/** `POST /__simulator/recompute` with `{"segment": 42}`. Answers when the posts are over. */
async function recomputeOnDemand(
  { account, recompute }: SegOpsApiOptions,
  body: unknown,
): Promise<ApiAnswer> {
  const segment = recomputeRequest.safeParse(body).data?.segment;
  const ids = account.segments().map(({ id }) => id);
  if (segment === undefined || !ids.includes(segment)) {
    return { status: 400, body: { error: `Send {"segment": …}, with one of ${ids.join(', ')}.` } };
  }
  return { status: 200, body: { posts: await recompute(segment) } };
}

/** GUESS: a key for browsers (`pk_…`) may read nothing, and a limit is one of the whole account. */
function arrive(call: ArrivedCall, apiKey: string, window: SlidingWindow): Arrival {
  const given = /^ApiKey (.+)$/.exec(call.headers.authorization ?? '')?.[1] ?? '';
  const key = maskKey(given, 'sk_');
  if (given !== apiKey) {
    const status = given.startsWith('pk_') ? 403 : 401;
    const text = given === '' || status === 403 ? undefined : 'Invalid API key.';
    return { key, refusal: { status, body: detail(status, text) } };
  }
  const { admitted, resetAtMs } = window.admit(call.atMs);
  if (admitted) {
    return { key };
  }
  const seconds = Math.max(1, Math.ceil((resetAtMs - call.atMs) / 1000));
  const body = detail(429, `Request was throttled. Expected available in ${seconds} seconds.`);
  return { key, refusal: { status: 429, body, headers: { 'Retry-After': String(seconds) } } };
}

async function answer(
  { method, path, query, body }: AdmittedCall,
  { account, memberForm, recompute }: SegOpsApiOptions,
): Promise<ApiAnswer> {
  const found = findEndpoint(endpoints, method, path);
  if (!found.found) {
    const status = found.allowed.length === 0 ? 404 : 405;
    return { status, body: detail(status) };
  }
  if (body === undefined) {
    return { status: 413, body: detail(413) };
  }
  const parsed = body === '' ? undefined : parseJson(body);
  return await answerOrRefusal(() =>
    found.endpoint.answer({
      params: found.params,
      query,
      body: parsed,
      account,
      memberForm,
      recompute: (id) => void recompute(id),
    }),
  );
}
