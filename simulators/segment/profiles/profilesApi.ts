import { randomUUID } from 'node:crypto';
import type { AdmittedCall, Api, Arrival, ArrivedCall } from '../../http/api.ts';
import { findEndpoint } from '../../http/findEndpoint.ts';
import { maskKey } from '../../http/maskKey.ts';
import { answerOrRefusal, Refusal } from '../../http/refusal.ts';
import type { ApiAnswer } from '../../http/reply.ts';
import { SlidingWindow } from '../../http/slidingWindow.ts';
import type { Profile } from './profile.ts';
import { profileParts } from './profileParts.ts';
import { profileNotFound, profileProblem } from './profileProblem.ts';

/** What the API is made of. */
export interface ProfilesApiOptions {
  readonly profiles: readonly Profile[];
  /** The access token of each space, by the id of the space; `*` stands for any other. All have the same profiles. */
  readonly accessTokens: Readonly<Record<string, string>>;
  /** For each space. */
  readonly requestsPerSecond: number;
  readonly latencyMs: number;
  readonly now: () => number;
}

/** One path, for all parts of a profile. */
const endpoints = [
  { method: 'GET', path: '/v1/spaces/:space/collections/:collection/profiles/:profile/:part' },
] as const;
const spacePath = /^\/v1\/spaces\/([^/]+)\//;

/** The Profile API of spaces. */
export function profilesApi(options: ProfilesApiOptions): Api {
  const { profiles, latencyMs, requestsPerSecond } = options;
  const windows = new Map<string, SlidingWindow>();
  const windowOf = (space: string): SlidingWindow => {
    const window = windows.get(space) ?? new SlidingWindow(requestsPerSecond, 1_000);
    windows.set(space, window);
    return window;
  };
  const byId = new Map(
    profiles.flatMap((profile) => [
      [profile.segmentId, profile] as const,
      ...profile.ids.map(({ type, id }) => [`${type}:${id}`, profile] as const),
    ]),
  );
  return {
    name: 'Profile API',
    basePath: '',
    maxBodyBytes: 100_000,
    arrive: (call) => arrive(call, options, windowOf),
    answer: async (call) => {
      await call.takeTime(latencyMs);
      return await answerOrRefusal(() => answer(call, byId, options.now()));
    },
    errorBody: profileProblem,
    state: () => ({ profiles: profiles.length }),
  };
}

/** GUESS: a space that the token is not of is refused as a wrong token. Basic: the token is the user, without a password. */
function arrive(
  { path, headers, atMs }: ArrivedCall,
  { accessTokens }: ProfilesApiOptions,
  windowOf: (space: string) => SlidingWindow,
): Arrival {
  const [, encoded = ''] = /^Basic (.+)$/.exec(headers.authorization ?? '') ?? [];
  const given = Buffer.from(encoded, 'base64').toString();
  const space = spacePath.exec(path)?.[1] ?? '';
  const token = Object.hasOwn(accessTokens, space) ? accessTokens[space] : accessTokens['*'];
  const common = { key: maskKey(given.replace(/:$/, '')), headers: { 'Request-Id': randomUUID() } };
  if (token === undefined || given !== `${token}:`) {
    return { ...common, refusal: { status: 401, body: profileProblem(401) } };
  }
  const isAdmitted = windowOf(space).admit(atMs).admitted;
  return { ...common, refusal: isAdmitted ? undefined : { status: 429, body: profileProblem(429) } };
}

function answer(
  { method, path, query }: AdmittedCall,
  byId: ReadonlyMap<string, Profile>,
  nowMs: number,
): ApiAnswer {
  const found = findEndpoint(endpoints, method, path);
  const { space = '', collection = '', profile: encoded = '', part = '' } = found.found ? found.params : {};
  const read = Object.hasOwn(profileParts, part) ? profileParts[part] : undefined;
  if (read === undefined || (collection !== 'users' && collection !== 'accounts')) {
    throw new Refusal(404, profileProblem(404, 'not_found', 'The resource was not found.'));
  }
  const profile = byId.get(decoded(encoded));
  if (profile === undefined || collection === 'accounts') {
    throw profileNotFound();
  }
  const ownPath = `/v1/spaces/${space}/collections/users/profiles/${profile.segmentId}/${part}`;
  return read({ profile, query, path: ownPath, nowMs });
}

/**
 * The id of a path. Source: Segment, "Profile API": special characters that are not encoded give 500. GUESS: which ones;
 * and that Segment's own id works as well as `type:value`.
 */
function decoded(encoded: string): string {
  if (!/^[A-Za-z0-9._~:%-]+$/.test(encoded)) {
    throw new Refusal(500, profileProblem(500));
  }
  try {
    return decodeURIComponent(encoded);
  } catch {
    throw new Refusal(400, profileProblem(400));
  }
}
