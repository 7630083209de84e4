import { type ApiSimulator, type ApiSimulatorOptions, startApiSimulator } from '../../http/apiSimulator.ts';
import { simulatedSecrets } from '../simulatedSecrets.ts';
import { defaultProfiles } from './defaultProfiles.ts';
import type { Profile } from './profile.ts';
import { profilesApi } from './profilesApi.ts';

/** The default space; no real one has this id. */
export const localSpace = 'spa_local';

/** All have defaults. */
export interface ProfilesSimulatorOptions extends ApiSimulatorOptions {
  /**
   * The access token of each space, by the id of the space; `*` stands for any other space.
   * @default one space, with a token that only this accepts
   */
  readonly accessTokens?: Readonly<Record<string, string>>;
  /** @default those of 300 made-up customers, with events of the last weeks */
  readonly profiles?: readonly Profile[];
  /** For each space. Source: Segment, "Profile API", limits. @default 100 */
  readonly requestsPerSecond?: number;
  /** How long a call takes, in milliseconds. @default 5 */
  readonly latencyMs?: number;
}

/** A running simulator of Segment's Profile API. */
export interface ProfilesSimulator extends ApiSimulator {
  readonly accessTokens: Readonly<Record<string, string>>;
  profiles(): readonly Profile[];
}

/**
 * Starts a stand-in for Segment's Profile API on this machine: traits, external ids, events, metadata and links of
 * profiles. Ids are found in lower case only.
 *
 * Source: Segment docs, "Profile API"; what they leave open is marked GUESS in the code.
 *
 * @example
 * const segmentProfiles = await startProfilesSimulator({ accessTokens: { spa_1: 'token' } });
 * segmentProfiles.inject({ kind: 'delay', delayMs: 60_000, path: '*' + '/traits' });
 */
export async function startProfilesSimulator(
  options: ProfilesSimulatorOptions = {},
): Promise<ProfilesSimulator> {
  const { now = Date.now, requestsPerSecond = 100, latencyMs = 5 } = options;
  const { accessTokens = { [localSpace]: simulatedSecrets.profileToken } } = options;
  const { profiles = defaultProfiles(now()) } = options;
  const api = profilesApi({ profiles, accessTokens, requestsPerSecond, latencyMs, now });
  const simulator = await startApiSimulator(api, options);
  return { ...simulator, accessTokens, profiles: () => profiles };
}
