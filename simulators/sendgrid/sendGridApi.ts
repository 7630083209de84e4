import * as z from 'zod';
import type { AdmittedCall, Api, Arrival, ArrivedCall } from '../http/api.ts';
import { findEndpoint } from '../http/findEndpoint.ts';
import { maskKey } from '../http/maskKey.ts';
import { parseJson } from '../http/parseJson.ts';
import { answerOrRefusal } from '../http/refusal.ts';
import type { ApiAnswer } from '../http/reply.ts';
import { SlidingWindow } from '../http/slidingWindow.ts';
import type { SendGridEndpoint } from './endpoint.ts';
import type { EventSender } from './eventSender.ts';
import { accountStatsEndpoints } from './marketing/accountStatsEndpoints.ts';
import { exportEndpoints, isFilePath } from './marketing/exportEndpoints.ts';
import type { Marketing } from './marketing/marketing.ts';
import { orderExports } from './marketing/orderExports.ts';
import { segmentEndpoints } from './marketing/segmentEndpoints.ts';
import { singleSendEndpoints } from './marketing/singleSendEndpoints.ts';
import { usualProblem } from './problem.ts';
import type { SendGridAccount } from './sendGridAccount.ts';
import { settingsEndpoints } from './settingsEndpoints.ts';

/** What the API is made of. */
export interface SendGridApiOptions {
  readonly account: SendGridAccount;
  readonly marketing: Marketing;
  readonly sender: EventSender;
  readonly scheme: 'http' | 'https';
  readonly apiKey: string;
  /** A key that is refused with 403. */
  readonly restrictedKey: string | undefined;
  /** For each endpoint. */
  readonly requestsPerMinute: number;
  readonly latencyMs: number;
}

const minuteMs = 60_000;
/** GUESS: no limit is documented. */
const maxBodyBytes = 1_000_000;

const endpoints: readonly SendGridEndpoint[] = [
  ...settingsEndpoints,
  ...singleSendEndpoints,
  ...accountStatsEndpoints,
  ...exportEndpoints,
  ...segmentEndpoints,
];

/** The API of an account. */
export function sendGridApi(options: SendGridApiOptions): Api {
  const { account, marketing, latencyMs, requestsPerMinute } = options;
  const windows = new Map<string, SlidingWindow>();
  const windowOf = ({ method, path }: ArrivedCall): SlidingWindow => {
    const found = findEndpoint(endpoints, method, path);
    const name = found.found ? `${method} ${found.endpoint.path}` : 'other';
    const window = windows.get(name) ?? new SlidingWindow(requestsPerMinute, minuteMs);
    windows.set(name, window);
    return window;
  };
  return {
    name: 'SendGrid',
    basePath: '',
    maxBodyBytes,
    arrive: (call) => arrive(call, options, windowOf),
    answer: async (call) => {
      await call.takeTime(latencyMs);
      return await answer(call, options);
    },
    errorBody: (status, _code, message) => usualProblem(status, message),
    state: () => ({
      webhooks: account.webhooks().length,
      contacts: marketing.contacts.total,
      exportsStarted: marketing.exports.started,
    }),
    control: async (what, body) =>
      what === 'POST /__simulator/events'
        ? await sendEvents(options.sender, body)
        : orderExports(marketing.exports, what, body),
  };
}

const sendRequest = z.object({ events: z.array(z.looseObject({})).min(1), url: z.string().optional() });

/**
 * `POST /__simulator/events` with `{"events": […], "url"?}`: posts the events to the webhooks that are on, or to a URL,
 * signed with the key pair made at the start. Answers when the first attempts are over.
 */
async function sendEvents(sender: EventSender, body: unknown): Promise<ApiAnswer> {
  const request = sendRequest.safeParse(body);
  if (!request.success) {
    return {
      status: 400,
      body: { error: 'Send {"events": […]}, and "url" for a receiver without a webhook.' },
    };
  }
  const { events, url } = request.data;
  const once = { retry: { maxAttempts: 1 } };
  const deliveries =
    url === undefined ? await sender.send(events, once) : [await sender.postTo(url, events, once)];
  return { status: 200, body: { posts: deliveries.flatMap(({ attempts }) => attempts) } };
}

/** The limit is checked after the key. GUESS. Files need no key, and have no limit. */
function arrive(
  call: ArrivedCall,
  { apiKey, restrictedKey }: SendGridApiOptions,
  windowOf: (call: ArrivedCall) => SlidingWindow,
): Arrival {
  if (isFilePath(call.path)) {
    return { key: '' };
  }
  const given = /^Bearer (.+)$/.exec(call.headers.authorization ?? '')?.[1] ?? '';
  const key = maskKey(given, 'SG.');
  if (given !== apiKey) {
    const status = given !== '' && given === restrictedKey ? 403 : 401;
    return { key, refusal: { status, body: usualProblem(status) } };
  }
  const { admitted, limit, remaining, resetAtMs } = windowOf(call).admit(call.atMs);
  return {
    key,
    refusal: admitted ? undefined : { status: 429, body: usualProblem(429) },
    headers: {
      'X-RateLimit-Limit': String(limit),
      'X-RateLimit-Remaining': String(remaining),
      'X-RateLimit-Reset': String(Math.ceil(resetAtMs / 1000)),
    },
  };
}

async function answer(
  { method, path, query, body, headers, atMs }: AdmittedCall,
  { account, marketing, scheme, sender: { sendTest } }: SendGridApiOptions,
): Promise<ApiAnswer> {
  const found = findEndpoint(endpoints, method, path);
  if (!found.found) {
    const status = found.allowed.length === 0 ? 404 : 405;
    return { status, body: usualProblem(status) };
  }
  if (body === undefined) {
    return { status: 413, body: usualProblem(413) };
  }
  const parsed = body === '' ? undefined : parseJson(body);
  return await answerOrRefusal(() =>
    found.endpoint.answer({
      params: found.params,
      query,
      body: parsed,
      account,
      marketing,
      origin: `${scheme}://${headers.host}`,
      nowMs: atMs,
      isSignedIn: headers.authorization !== undefined,
      sendTest,
    }),
  );
}
