import type { IncomingMessage, ServerResponse } from 'node:http';
import { ApiError } from './apiError.ts';
import { controlPath, handleControl } from './control.ts';
import { handleCall } from './handleCall.ts';
import { errorReply, sendReply } from './reply.ts';
import type { Simulation } from './simulation.ts';

/** The path of the API. */
export const basePath = '/api/v1';

/** Answers a request to the API or to the control endpoints; an unexpected error cuts the connection. */
export function answerRequest(
  simulation: Simulation,
  request: IncomingMessage,
  response: ServerResponse,
): void {
  answer(simulation, request, response).catch(() => response.destroy());
}

async function answer(
  simulation: Simulation,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const [path = '', query = ''] = (request.url ?? '').split(/\?(.*)/s);
  const method = request.method ?? '';
  if (path === basePath || path.startsWith(`${basePath}/`)) {
    const call = { method, path: path.slice(basePath.length), query: new URLSearchParams(query) };
    await handleCall(simulation, call, request, response);
  } else if (path.startsWith(controlPath)) {
    await handleControl(simulation, path, request, response);
  } else {
    request.resume();
    sendReply(response, errorReply(new ApiError('resource_not_found')), {});
  }
}
