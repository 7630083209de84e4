import type { IncomingMessage, ServerResponse } from 'node:http';
import { ApiError } from './apiError.ts';
import { bearerKey, maskKey, refuseKey } from './apiKey.ts';
import type { OpenCall } from './callLog.ts';
import { damagedReply, replyInstead, workUnder } from './faultReply.ts';
import { parseBody, parseJson, type RawBody, readBody } from './readBody.ts';
import { errorReply, jsonReply, type Reply, sendReply } from './reply.ts';
import { findRoute } from './route.ts';
import { routes } from './routes.ts';
import type { Simulation } from './simulation.ts';
import { type Admission, rateLimitHeaders } from './slidingWindow.ts';

interface Call {
  readonly method: string;
  /** Below the base path. */
  readonly path: string;
  readonly query: URLSearchParams;
}

/**
 * Answers one call of the API. It checks the key, the rate limit, injected faults, the body and the route, in this order.
 * Key and rate limit are checked at arrival, so that a slow body does not shift the window.
 */
export async function handleCall(
  simulation: Simulation,
  call: Call,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const { account, limits } = simulation;
  const atMs = account.now();
  const key = bearerKey(request.headers.authorization);
  const { method, path } = call;
  const entry = simulation.calls.open({
    atMs,
    key: maskKey(key),
    method,
    path,
    query: call.query.toString(),
  });
  const badKey = refuseKey(request.headers.authorization, simulation.apiKey);
  if (badKey === undefined) {
    limits.record(key, atMs);
  }
  const window = limits.windowOf(badKey === undefined ? key : '');
  const admission = badKey === undefined ? window.admit(atMs) : window.look(atMs);
  const refusal = badKey ?? refuseOverLimit(admission);
  const body = await readBody(request).catch(() => undefined);
  if (body === undefined) {
    entry.outcome = 'abandoned';
    return;
  }
  entry.requestBody = body.text === '' ? undefined : parseJson(body.text);
  const reply = refusal === undefined ? await admitted(simulation, call, body, entry) : errorReply(refusal);
  complete(entry, reply, response);
  account.usage.requests += 1;
  account.usage.errors += entry.status !== undefined && entry.status < 400 ? 0 : 1;
  account.usage.durationMs += account.now() - atMs;
  sendReply(response, reply, rateLimitHeaders(admission, atMs));
}

function refuseOverLimit(admission: Admission): ApiError | undefined {
  return admission.admitted ? undefined : new ApiError('rate_limit_exceeded');
}

async function admitted(simulation: Simulation, call: Call, body: RawBody, entry: OpenCall): Promise<Reply> {
  const fault = simulation.faults.take(call.method, call.path);
  entry.fault = fault?.kind;
  const work = (): Promise<Reply> => doWork(simulation, call, body, fault?.delayMs ?? 0).catch(errorReply);
  if (fault === undefined) {
    return work();
  }
  const instead = replyInstead(fault);
  if (instead === undefined) {
    return damagedReply(await work(), fault);
  }
  switch (workUnder(fault)) {
    case 'none':
      await pause(simulation, fault.delayMs).catch(() => undefined);
      break;
    case 'done':
      await work();
      break;
    case 'later':
      work();
  }
  return instead;
}

async function doWork(
  simulation: Simulation,
  { method, path, query }: Call,
  body: RawBody,
  delayMs: number,
): Promise<Reply> {
  const { account } = simulation;
  const { route, params } = findRoute(routes, method, path);
  const answer = await route.handle(
    {
      params,
      query,
      body: parseBody(body),
      takeTime: (group) => pause(simulation, account.drawLatency(group) + delayMs),
    },
    account,
  );
  return jsonReply(answer);
}

async function pause({ sleep, stopped }: Simulation, ms: number): Promise<void> {
  if (ms > 0) {
    await sleep(ms, stopped);
  }
}

function complete(entry: OpenCall, reply: Reply, response: ServerResponse): void {
  if (reply.kind === 'cut') {
    entry.outcome = 'cut';
    return;
  }
  entry.outcome = response.destroyed || response.socket?.destroyed !== false ? 'abandoned' : 'answered';
  entry.status = reply.status;
  entry.responseBody = reply.body;
}
