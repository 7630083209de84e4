import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Api, ArrivedCall } from './api.ts';
import type { CallLog, OpenCall } from './callLog.ts';
import { damagedReply, replyInstead, workUnder } from './faultReply.ts';
import type { Faults } from './faults.ts';
import { parseJson } from './parseJson.ts';
import { readLimitedBody } from './readBody.ts';
import { jsonReply, type Reply, sendReply } from './reply.ts';

/** Waits, unless the simulator is stopped. */
export type Sleep = (ms: number, signal: AbortSignal) => Promise<void>;

/** A running API with what surrounds it. */
export interface Surroundings {
  readonly api: Api;
  readonly calls: CallLog;
  readonly faults: Faults;
  readonly now: () => number;
  readonly sleep: Sleep;
  /** Aborted when the simulator stops. */
  readonly stopped: AbortSignal;
}

/**
 * Answers one call of the API. It checks the credentials, the limits, injected faults, and then the body and the route, in
 * this order.
 */
export async function handleCall(
  around: Surroundings,
  call: ArrivedCall,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const { api, calls } = around;
  const { atMs, method, path, query } = call;
  const { key, refusal, headers = {} } = api.arrive(call);
  const entry = calls.open({ atMs, key, method, path, query: query.toString() });
  const read = await readBody(request, api.maxBodyBytes);
  if (read === undefined) {
    entry.outcome = 'abandoned';
    return;
  }
  entry.requestBody = read.text === undefined || read.text === '' ? undefined : parseJson(read.text);
  const reply = refusal === undefined ? await admitted(around, call, read.text, entry) : jsonReply(refusal);
  complete(entry, reply, response);
  api.ended?.(call, entry.status);
  sendReply(response, reply, headers);
}

/** `undefined`: the client closed the connection while it sent. */
async function readBody(
  request: IncomingMessage,
  maxBytes: number,
): Promise<{ readonly text: string | undefined } | undefined> {
  try {
    return { text: (await readLimitedBody(request, maxBytes))?.toString('utf8') };
  } catch {
    return undefined;
  }
}

async function admitted(
  around: Surroundings,
  call: ArrivedCall,
  body: string | undefined,
  entry: OpenCall,
): Promise<Reply> {
  const { api, faults } = around;
  const fault = faults.take(call.method, call.path);
  entry.fault = fault?.kind;
  const work = (): Promise<Reply> => doWork(around, call, body, fault?.delayMs ?? 0);
  if (fault === undefined) {
    return work();
  }
  const instead = replyInstead(fault, api);
  if (instead === undefined) {
    return damagedReply(await work(), fault);
  }
  switch (workUnder(fault)) {
    case 'none':
      await pause(around, fault.delayMs).catch(() => undefined);
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
  around: Surroundings,
  call: ArrivedCall,
  body: string | undefined,
  delayMs: number,
): Promise<Reply> {
  const { api } = around;
  try {
    const takeTime = (ms: number): Promise<void> => pause(around, ms + delayMs);
    return jsonReply(await api.answer({ ...call, body, takeTime }));
  } catch {
    return jsonReply({ status: 500, body: api.errorBody(500) });
  }
}

async function pause({ sleep, stopped }: Surroundings, ms: number): Promise<void> {
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
