import type { Api, Arrival, ArrivedCall } from '../http/api.ts';
import { type ApiSimulator, type ApiSimulatorOptions, startApiSimulator } from '../http/apiSimulator.ts';
import { maskKey } from '../http/maskKey.ts';
import { parseJson } from '../http/parseJson.ts';
import { SlidingWindow } from '../http/slidingWindow.ts';
import type { AudienceControls, AudienceOptions } from './audiences/audienceSpaces.ts';
import { orderAudiences } from './audiences/orderAudiences.ts';
import { defaultSources } from './profiles/defaultSources.ts';
import { simulatedSecrets } from './simulatedSecrets.ts';
import { problem, rateLimitHeaders, tooManyRequests } from './workspace/apiReply.ts';
import { answerApi } from './workspace/publicApi.ts';
import type { WorkspaceSource } from './workspace/workspaceSource.ts';
import { WorkspaceState } from './workspace/workspaceState.ts';

/** All have defaults. */
export interface PublicApiSimulatorOptions
  extends ApiSimulatorOptions,
    Pick<AudienceOptions, 'audiences' | 'previewMs'> {
  /** @default a documented token that only the stand-ins accept */
  readonly token?: string;
  /** A token without the permission, which is refused with 403. @default none */
  readonly restrictedToken?: string;
  /** @default one of each kind: web, iOS, Android, e-mail and server */
  readonly sources?: readonly WorkspaceSource[];
  /** The most elements of a page. @default 200 */
  readonly pageSize?: number;
  /** GUESS: Segment publishes only that it is more than 600. @default 600 */
  readonly requestsPerMinute?: number;
  /** How long a call takes, in milliseconds. @default 5 */
  readonly latencyMs?: number;
}

/** A running simulator of the Public API. */
export interface PublicApiSimulator extends ApiSimulator, AudienceControls {}

const minuteMs = 60_000;

/**
 * Starts a stand-in for Segment's Public API on this machine, with faults and enforced limits. It delivers no events: for
 * that, there is {@link startSegmentWorkspace}, which answers the same calls.
 *
 * @example
 * const publicApi = await startPublicApiSimulator();
 * publicApi.inject({ kind: 'status', status: 503, path: '/sources', times: 2 });
 */
export async function startPublicApiSimulator(
  options: PublicApiSimulatorOptions = {},
): Promise<PublicApiSimulator> {
  const { sources = defaultSources, pageSize = 200, latencyMs = 5, requestsPerMinute = 600 } = options;
  const state = new WorkspaceState(sources, options);
  const window = new SlidingWindow(requestsPerMinute, minuteMs);
  const api: Api = {
    name: 'Public API',
    basePath: '',
    maxBodyBytes: 1_000_000,
    arrive: (call) => arrive(call, options, window, requestsPerMinute),
    answer: async ({ method, path, query, body, takeTime }) => {
      await takeTime(latencyMs);
      if (body === undefined) {
        return problem(413, 'The body is too large.');
      }
      const parsed = body === '' ? undefined : parseJson(body);
      const url = new URL(`http://workspace${path}?${query}`);
      return answerApi({ method, url, body: parsed }, { state, offersWholeBodySignature: true, pageSize });
    },
    errorBody: (status, _code, message = `Injected failure: ${status}.`) => problem(status, message).body,
    state: () => ({ sources: sources.length }),
    control: async (what, body) => orderAudiences(state.spaces, what, body),
  };
  const { spaces } = state;
  return {
    ...(await startApiSimulator(api, options)),
    audiences: (space) => spaces.audiences(space),
    changeAudiences: (change, space) => spaces.changeAudiences(change, space),
    previewsStarted: (space) => spaces.previewsStarted(space),
  };
}

/** GUESS: a call without a valid token consumes no points. */
function arrive(
  { headers, atMs }: ArrivedCall,
  { token = simulatedSecrets.apiToken, restrictedToken }: PublicApiSimulatorOptions,
  window: SlidingWindow,
  requestsPerMinute: number,
): Arrival {
  const given = /^Bearer (.+)$/.exec(headers.authorization ?? '')?.[1] ?? '';
  const key = maskKey(given);
  if (given !== token) {
    const isRestricted = given !== '' && given === restrictedToken;
    const refusal = isRestricted
      ? problem(403, 'The token has no permission for this.')
      : problem(401, 'Missing or invalid token.');
    return { key, refusal };
  }
  const { admitted, remaining, resetAtMs } = window.admit(atMs);
  const msBeforeReset = resetAtMs - atMs;
  return admitted
    ? { key, headers: rateLimitHeaders(requestsPerMinute - remaining, remaining, msBeforeReset) }
    : { key, refusal: tooManyRequests(msBeforeReset) };
}
