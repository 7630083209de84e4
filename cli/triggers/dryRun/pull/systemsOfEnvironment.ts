import type { System } from '../../../../functions/access/operation.ts';
import { type OperationName, operations } from '../../../../functions/access/operations.ts';
import type { ReachableSystem, ReachableSystems } from '../../../../functions/systems/reachableSystems.ts';
import { SystemClient } from '../../../../functions/systems/systemClient.ts';
import { GivenValueError } from '../givenValues.ts';

export type Environment = Readonly<Record<string, string | undefined>>;

/** Where a system is, and what opens it: the variables of `npm run dev`. */
const variables = {
  segment: { key: 'SEGMENT_API_TOKEN', url: 'SEGMENT_API_URL', baseUrl: 'https://api.segmentapis.com' },
  segmentProfiles: {
    key: 'SEGMENT_PROFILES_TOKEN',
    url: 'SEGMENT_PROFILES_URL',
    baseUrl: 'https://profiles.segment.com',
  },
  sendgrid: { key: 'SENDGRID_API_KEY', url: 'SENDGRID_BASE_URL', baseUrl: 'https://api.sendgrid.com' },
  segops: { key: 'SEGOPS_API_KEY', url: 'SEGOPS_BASE_URL', baseUrl: 'https://api.segops.ai/api' },
} as const;

type PulledSystem = keyof typeof variables;

const timeoutMs = 30_000;

/**
 * The systems that operations need, with the credentials of the environment.
 *
 * @throws GivenValueError naming the variables that are missing
 */
export function systemsOfEnvironment(
  pull: string,
  names: readonly OperationName[],
  environment: Environment,
): ReachableSystems {
  const needed = [...new Set(names.map((name) => operations[name].system))].filter(isPulled);
  const missing = needed.filter((system) => (environment[variables[system].key] ?? '') === '');
  if (missing.length > 0) {
    const wanted = missing.map((system) => {
      const { key, url, baseUrl } = variables[system];
      return `${key} (and ${url}, if it is not at ${baseUrl})`;
    });
    throw new GivenValueError(
      `The pull of ${pull} is read with your own credentials: set ${wanted.join(', and ')}.`,
    );
  }
  return new Map(needed.map((system) => [system, reachable(system, environment)]));
}

/** The origin that files may be downloaded from beside `https:` URLs: where another SendGrid is, such as a simulator. */
export function originOfFiles({ SENDGRID_BASE_URL: url = '' }: Environment): string | undefined {
  return URL.canParse(url) ? new URL(url).origin : undefined;
}

function isPulled(system: System): system is PulledSystem {
  return Object.hasOwn(variables, system);
}

function reachable(system: PulledSystem, environment: Environment): ReachableSystem {
  const { key, url, baseUrl: usual } = variables[system];
  const baseUrl = environment[url] || usual;
  if (!URL.canParse(baseUrl)) {
    throw new GivenValueError(`${url} is not a URL: expected one such as ${usual}.`);
  }
  return {
    client: new SystemClient({ system, baseUrl, timeoutMs, now: Date.now }),
    host: new URL(baseUrl).host,
    keys: async () => [environment[key] ?? ''],
    refreshKeys: async () => undefined,
  };
}
