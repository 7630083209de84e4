import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Fault } from './fault.ts';
import { InvalidFaultError } from './faults.ts';
import type { Surroundings } from './handleCall.ts';
import { parseJson } from './parseJson.ts';
import { readLimitedBody } from './readBody.ts';
import { type ApiAnswer, jsonReply, sendReply } from './reply.ts';

/** The path of the control endpoints. */
export const controlPath = '/__simulator';

const maxBodyBytes = 1_000_000;

/**
 * The control endpoints of a simulator, for other processes. They need no credentials, and no limit counts them.
 *
 * | call | answer |
 * |---|---|
 * | `GET /__simulator/calls` | every call: time, masked key, method, path, bodies, status |
 * | `GET /__simulator/state` | the API's own counts, the number of calls, active faults |
 * | `POST /__simulator/faults` | injects the fault in the body (see {@link faultSchema}); 201 with the active ones |
 * | `DELETE /__simulator/faults` | ends all faults; 200 |
 *
 * An API may have more: `Api.control`.
 *
 * @example curl -X POST $simulator/__simulator/faults -d '{"kind":"status","status":503,"path":"/personas","times":2}'
 */
export async function handleControl(
  around: Surroundings,
  path: string,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const body = await readLimitedBody(request, maxBodyBytes);
  const what = `${request.method} ${path}`;
  const given = parseJson(body?.toString('utf8') ?? '');
  const answer = (await around.api.control?.(what, given)) ?? decide(around, what, given);
  sendReply(response, jsonReply(answer), {});
}

function decide({ api, calls, faults }: Surroundings, what: string, given: unknown): ApiAnswer {
  switch (what) {
    case `GET ${controlPath}/calls`:
      return { status: 200, body: calls.all() };
    case `GET ${controlPath}/state`:
      return { status: 200, body: { ...api.state(), calls: calls.size, faults: faults.active() } };
    case `POST ${controlPath}/faults`:
      return inject(faults, given);
    case `DELETE ${controlPath}/faults`:
      faults.clear();
      return { status: 200, body: { faults: [] } };
    default:
      return { status: 404, body: { error: `${what} is not a control endpoint of the simulator.` } };
  }
}

function inject(faults: Surroundings['faults'], given: unknown): ApiAnswer {
  try {
    // The schema of faults checks it.
    faults.inject(given as Fault);
    return { status: 201, body: { faults: faults.active() } };
  } catch (error) {
    if (error instanceof InvalidFaultError) {
      return { status: 400, body: { error: error.message } };
    }
    throw error;
  }
}
