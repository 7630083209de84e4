import type { IncomingMessage, ServerResponse } from 'node:http';
import { type Fault, faultSchema } from './fault.ts';
import { InvalidFaultError } from './faults.ts';
import { parseJson, readBody } from './readBody.ts';
import { errorReply, jsonReply, type Reply, sendReply } from './reply.ts';
import type { Simulation } from './simulation.ts';
import { simulationState } from './simulationState.ts';

/** The path of the control endpoints. */
export const controlPath = '/__simulator';

/**
 * The simulator's control endpoints, for other processes. They need no API key, and no limit counts them.
 *
 * | call | answer |
 * |---|---|
 * | `GET /__simulator/calls` | every call: time, masked key, method, path, bodies, status |
 * | `GET /__simulator/state` | credits, greatest counts, numbers of personas, threads and focus groups, active faults |
 * | `POST /__simulator/faults` | injects the fault in the body (see {@link faultSchema}); 201 with the active ones |
 * | `DELETE /__simulator/faults` | ends all faults; 200 |
 *
 * @example curl -X POST $simulator/__simulator/faults -d '{"kind":"status","status":503,"path":"/personas","times":2}'
 */
export async function handleControl(
  simulation: Simulation,
  path: string,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const body = await readBody(request).catch(() => undefined);
  if (body !== undefined) {
    sendReply(response, decide(simulation, `${request.method} ${path}`, body.text), {});
  }
}

function decide(simulation: Simulation, what: string, text: string): Reply {
  switch (what) {
    case `GET ${controlPath}/calls`:
      return jsonReply({ status: 200, body: simulation.calls.all() });
    case `GET ${controlPath}/state`:
      return jsonReply({ status: 200, body: simulationState(simulation) });
    case `POST ${controlPath}/faults`:
      return inject(simulation, text);
    case `DELETE ${controlPath}/faults`:
      simulation.faults.clear();
      return jsonReply({ status: 200, body: { faults: [] } });
    default:
      return jsonReply({
        status: 404,
        body: { error: `${what} is not a control endpoint of the simulator.` },
      });
  }
}

function inject({ faults }: Simulation, text: string): Reply {
  try {
    // The schema of faults checks it.
    faults.inject(parseJson(text) as Fault);
    return jsonReply({ status: 201, body: { faults: faults.active() } });
  } catch (error) {
    return error instanceof InvalidFaultError
      ? jsonReply({ status: 400, body: { error: error.message } })
      : errorReply(error);
  }
}
