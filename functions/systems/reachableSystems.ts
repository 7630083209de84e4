import type { Operation, OperationRequest, RateLimit, System } from '../access/operation.ts';
import { operations } from '../access/operations.ts';
import type { LedgerTable } from '../ledger/ledgerTable.ts';
import { Pace, usedShareOfLimit } from '../ledger/pace.ts';
import type { MaveraCredentials } from '../mavera/credentials.ts';
import { type CachedSecret, SecretUnavailableError } from '../secrets/cachedSecret.ts';
import type { SegmentTrackingCredentials } from './segmentTracking/credentials.ts';
import { SystemClient, type SystemClientOptions } from './systemClient.ts';
import type { SystemOptions } from './systemOptions.ts';

/** How long one call to a system other than Mavera may take. */
const timeoutMs = 10_000;

/** SendGrid publishes no limit: it says in each answer what is left, and the gate holds calls by that. */
const sendgridLimit = { requests: 10, perMs: 1_000 };

/** A system as the gate reaches it. */
export interface ReachableSystem {
  readonly client: SystemClient;
  /** For call records. */
  readonly host: string;
  /**
   * The keys that a request may be sent with, newest first; none where the secret has none for it.
   *
   * @throws SecretUnavailableError
   */
  readonly keys: (request: OperationRequest) => Promise<readonly string[]>;
  /** Reads the keys again, because the system has refused all of them. */
  readonly refreshKeys: () => Promise<unknown>;
  /** Absent where the system documents no limit. */
  readonly pace?: SystemPace | undefined;
  /** By the name of the limit, where operations have limits of their own: in place of the pace of the system. */
  readonly paces?: ReadonlyMap<string, SystemPace> | undefined;
}

/** Gives out the slots of a limit. */
export interface SystemPace {
  readonly slots: Pace;
  readonly intervalMs: () => number | Promise<number>;
}

/** The pace of an operation. */
export function paceOfOperation(
  { pace, paces }: ReachableSystem,
  { limit }: Operation,
): SystemPace | undefined {
  return (limit === undefined ? undefined : paces?.get(limit.name)) ?? pace;
}

export type ReachableSystems = ReadonlyMap<System, ReachableSystem>;

/** Mavera, as runs call it. */
export interface MaveraOptions {
  readonly baseUrl: string;
  readonly secret: CachedSecret<MaveraCredentials>;
  readonly timeoutMs: number;
  readonly pace: Pace;
  /** Between two slots, for the limit of the account. */
  readonly intervalMs: () => Promise<number>;
}

/** What the systems are reached with. */
export interface ReachOptions extends Partial<SystemOptions> {
  /** Absent where nobody calls Mavera. */
  readonly mavera?: MaveraOptions | undefined;
  readonly ledger: LedgerTable;
  readonly now: () => number;
  /** @default the real ones */
  readonly systemClient?: ((options: SystemClientOptions) => SystemClient) | undefined;
}

/** Puts together the systems that are set up. */
export function reachableSystems(options: ReachOptions): ReachableSystems {
  const { mavera, segmentProfiles, segment, segops, sendgrid, segmentTracking } = options;
  const reached: [System, ReachableSystem | undefined][] = [
    [
      'mavera',
      mavera && {
        ...located('mavera', mavera.baseUrl, options, mavera.timeoutMs),
        keys: async () => [(await mavera.secret.get()).apiKey],
        refreshKeys: () => mavera.secret.refreshEarly(),
        pace: { slots: mavera.pace, intervalMs: mavera.intervalMs },
      },
    ],
    [
      'segmentProfiles',
      segmentProfiles && {
        ...located('segmentProfiles', segmentProfiles.baseUrl, options),
        ...keysIn(segmentProfiles.secret, ({ accessTokens }, { path }) =>
          accessTokens.get(path?.space ?? ''),
        ),
        pace: paceOf('segmentProfiles', options, {
          requests: segmentProfiles.requestsPerSecond,
          perMs: 1_000,
        }),
      },
    ],
    [
      'segment',
      segment && {
        ...located('segment', segment.baseUrl, options),
        ...keysIn(segment.secret, ({ token }) => token),
        paces: pacesOf('segment', options),
      },
    ],
    [
      'segops',
      segops && {
        ...located('segops', segops.baseUrl, options),
        ...keysIn(segops.secret, ({ apiKey }) => apiKey),
        pace: paceOf('segops', options, { requests: segops.requestsPerMinute, perMs: 60_000 }),
      },
    ],
    [
      'sendgrid',
      sendgrid && {
        ...located('sendgrid', sendgrid.baseUrl, options),
        ...keysIn(sendgrid.secret, ({ apiKey }) => apiKey),
        pace: paceOf('sendgrid', options, sendgridLimit),
      },
    ],
    [
      'segmentTracking',
      segmentTracking && {
        ...located('segmentTracking', segmentTracking.baseUrl, options),
        ...writeKeys(segmentTracking.secret, mavera?.secret),
        pace: paceOf('segmentTracking', options),
      },
    ],
  ];
  return new Map(
    reached.flatMap(([system, found]) => (found === undefined ? [] : [[system, found] as const])),
  );
}

function located(
  system: System,
  baseUrl: string,
  { now, systemClient = (client) => new SystemClient(client) }: ReachOptions,
  mostMs: number = timeoutMs,
): Pick<ReachableSystem, 'client' | 'host'> {
  return {
    client: systemClient({ system, baseUrl, timeoutMs: mostMs, now }),
    host: URL.canParse(baseUrl) ? new URL(baseUrl).host : baseUrl,
  };
}

function keysIn<Value>(
  secret: CachedSecret<Value>,
  read: (value: Value, request: OperationRequest) => readonly string[] | undefined,
): Pick<ReachableSystem, 'keys' | 'refreshKeys'> {
  return {
    keys: async (request) => read(await secret.get(), request) ?? [],
    refreshKeys: () => secret.refreshEarly(),
  };
}

/** The write key of the secret of its own, otherwise the one beside Mavera's API key, where it was up to 0.3.0. */
function writeKeys(
  own: CachedSecret<SegmentTrackingCredentials> | undefined,
  mavera: CachedSecret<MaveraCredentials> | undefined,
): Pick<ReachableSystem, 'keys' | 'refreshKeys'> {
  return {
    keys: async () => {
      const found = await own?.get().catch(ifUnavailable);
      const fallback = found === undefined ? (await mavera?.get())?.segmentWriteKey : undefined;
      return found?.writeKey ?? (fallback === undefined ? [] : [fallback]);
    },
    refreshKeys: () => Promise.all([own?.refreshEarly(), mavera?.refreshEarly()]),
  };
}

function ifUnavailable(error: unknown): undefined {
  if (!(error instanceof SecretUnavailableError)) {
    throw error;
  }
}

/** One pace for all operations of a system. */
function paceOf(
  system: System,
  { ledger }: ReachOptions,
  configured?: Omit<RateLimit, 'name'>,
): SystemPace | undefined {
  const [first] = limitsOf(system);
  const limit = configured === undefined ? first : { name: first?.name ?? system, ...configured };
  return limit === undefined ? undefined : paceFor(limit, ledger);
}

/** A pace for each limit of a system, by its name. */
function pacesOf(system: System, { ledger }: ReachOptions): ReadonlyMap<string, SystemPace> {
  return new Map(limitsOf(system).map((limit) => [limit.name, paceFor(limit, ledger)]));
}

function limitsOf(system: System): readonly RateLimit[] {
  const all: readonly Operation[] = Object.values(operations);
  return all.flatMap((operation) => (operation.system === system ? (operation.limit ?? []) : []));
}

function paceFor({ name, requests, perMs }: RateLimit, ledger: LedgerTable): SystemPace {
  const intervalMs = perMs / (requests * usedShareOfLimit);
  return { slots: new Pace(ledger, name), intervalMs: () => intervalMs };
}
