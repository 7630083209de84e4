import { describe, expect, it } from 'vitest';
import * as z from 'zod/mini';
import { parseEnvironment } from '../../../functions/environment/parseEnvironment.ts';
import { CachedSecret } from '../../../functions/secrets/cachedSecret.ts';
import {
  type OpenSecret,
  type SystemOptions,
  systemOptions,
  systemVariables,
} from '../../../functions/systems/systemOptions.ts';

const values: Readonly<Record<string, unknown>> = {
  profiles: { accessTokens: { spa_1: 'token' } },
  api: { token: 'token' },
  segops: { apiKey: 'sk_1' },
  write: { writeKey: 'key' },
};

/** Secrets whose values stand above, by their ids. */
const openSecret: OpenSecret = (secretId, parse) =>
  new CachedSecret({
    fetch: async () => parse(values[secretId]),
    now: () => 0,
    onTrouble: () => undefined,
    maxAgeMs: 1,
    earlyRefreshEveryMs: 1,
    retryEveryMs: 1,
  });

const trackingUrl = { SEGMENT_TRACKING_URL: 'https://api.segment.io/v1' };

function optionsOf(environment: Readonly<Record<string, string>>): SystemOptions {
  return systemOptions(
    parseEnvironment(z.object(systemVariables), { ...trackingUrl, ...environment }),
    openSecret,
  );
}

describe('the systems of a runner', () => {
  it('are none but the Tracking API, without a secret, where no trigger needs one', () => {
    const { segmentTracking, ...others } = optionsOf({});
    expect(segmentTracking).toEqual({ baseUrl: trackingUrl.SEGMENT_TRACKING_URL, secret: undefined });
    expect(Object.values(others).filter((system) => system !== undefined)).toEqual([]);
  });

  it('are those whose variables the stack sets', async () => {
    const { segmentProfiles, segment, segops, segmentTracking } = optionsOf({
      SEGMENT_PROFILES_URL: 'https://profiles.segment.com',
      SEGMENT_PROFILES_SECRET_ARN: 'profiles',
      SEGMENT_PROFILE_SPACE: 'spa_1',
      SEGMENT_PROFILE_REQUESTS_PER_SECOND: '50',
      SEGMENT_API_URL: 'https://api.segmentapis.com',
      SEGMENT_API_SECRET_ARN: 'api',
      SEGOPS_BASE_URL: 'https://api.segops.ai/api',
      SEGOPS_API_SECRET_ARN: 'segops',
      SEGOPS_REQUESTS_PER_MINUTE: '600',
      SEGMENT_WRITE_KEY_SECRET_ARN: 'write',
    });
    expect(segmentProfiles).toMatchObject({
      baseUrl: 'https://profiles.segment.com',
      space: 'spa_1',
      requestsPerSecond: 50,
    });
    expect(segment?.baseUrl).toBe('https://api.segmentapis.com');
    expect(segops).toMatchObject({ baseUrl: 'https://api.segops.ai/api', requestsPerMinute: 600 });
    expect((await segmentProfiles?.secret.get())?.accessTokens.get('spa_1')).toEqual(['token']);
    expect(await segment?.secret.get()).toEqual({ token: ['token'] });
    expect(await segops?.secret.get()).toEqual({ apiKey: ['sk_1'] });
    expect(await segmentTracking.secret?.get()).toEqual({ writeKey: ['key'] });
  });

  it.each([
    ['SEGMENT_PROFILE_REQUESTS_PER_SECOND', 'many'],
    ['SEGOPS_REQUESTS_PER_MINUTE', '0'],
    ['SEGMENT_PROFILES_URL', ''],
  ])('cannot be read from a wrong variable: %s', (name, value) => {
    expect(() => optionsOf({ [name]: value })).toThrow(name);
  });
});
