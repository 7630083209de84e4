import { resolve } from 'node:path';
import * as z from 'zod';
import { localSpace } from '../../simulators/segment/profiles/profilesSimulator.ts';
import { LocalSystemError } from '../localSystemError.ts';
import type { CalledSystems } from '../system/systemOptions.ts';

/** The settings of `npm run dev`. */
export interface DevSettings {
  readonly port: number;
  readonly sharedSecret?: string;
  readonly bearerToken?: string;
  /** The base URL of Mavera; without it, a simulator is started. */
  readonly maveraBaseUrl?: string;
  readonly maveraApiKey?: string;
  readonly maveraRequestsPerMinute?: number;
  /** The monthly credits of the simulator's account. */
  readonly maveraMonthlyCredits?: number;
  readonly maveraTimeoutSeconds?: number;
  /** After how many seconds the dispatcher comes again. */
  readonly dispatchEverySeconds?: number;
  /** Where results are reported; without it, a stand-in for Segment is started. */
  readonly segmentTrackingUrl?: string;
  readonly segmentWriteKey?: string;
  /** The systems that functions call, of those that are not simulated. */
  readonly systems: Partial<CalledSystems>;
  /** The Segment space of lookups that name none. */
  readonly segmentProfileSpace?: string;
  readonly sendgridPublicKey?: string;
  readonly segopsWebhookSecret?: string;
  /** An absolute path. */
  readonly triggersFile?: string;
  /** What pulls read from S3: `<bucket>/<key>`. An absolute path. */
  readonly s3Folder?: string;
}

const defaultPort = 8787;
const loopbackHosts: readonly string[] = ['localhost', '127.0.0.1', '[::1]'];

function wholeNumber(min: number, max: number): z.ZodType<number> {
  const expected = `a whole number from ${min} to ${max}`;
  return z
    .string()
    .regex(/^\d{1,15}$/, expected)
    .transform(Number)
    .refine((value) => value >= min && value <= max, expected);
}

/** A value that is sent in a header. */
function credential(what: string): z.ZodType<string> {
  return z.string().regex(/^[\x21-\x7e]+$/, `${what} without spaces`);
}

function baseUrl(example: string): z.ZodType<string> {
  return z
    .string()
    .refine(isBaseUrl, `an https:// URL, or http:// on this machine, such as ${example}`)
    .transform((text) => text.replace(/\/+$/, ''));
}

const environmentSchema = z.object({
  PORT: wholeNumber(0, 65_535).optional(),
  SEGMENT_SHARED_SECRET: z.string().optional(),
  SEGMENT_BEARER_TOKEN: credential('a token').optional(),
  MAVERA_BASE_URL: z
    .string()
    .refine(isBaseUrl, 'an https:// URL, or http:// on this machine, such as http://127.0.0.1:4010/api/v1')
    .optional(),
  MAVERA_API_KEY: z
    .string()
    .regex(/^[\x21-\x7e]{8,}$/, 'a key of at least 8 characters without spaces')
    .optional(),
  MAVERA_REQUESTS_PER_MINUTE: wholeNumber(1, 100_000).optional(),
  MAVERA_MONTHLY_CREDITS: wholeNumber(0, 1_000_000_000).optional(),
  MAVERA_TIMEOUT_SECONDS: wholeNumber(5, 880).optional(),
  DISPATCH_EVERY_SECONDS: wholeNumber(1, 60).optional(),
  SEGMENT_TRACKING_URL: z
    .string()
    .refine(isBaseUrl, 'an https:// URL, or http:// on this machine, such as https://api.segment.io/v1')
    .optional(),
  SEGMENT_WRITE_KEY: credential('a key').optional(),
  SEGMENT_PROFILES_URL: baseUrl('https://profiles.segment.com').optional(),
  SEGMENT_PROFILES_TOKEN: credential('a token').optional(),
  SEGMENT_PROFILE_SPACE: z
    .string()
    .regex(/^[\w-]{1,100}$/, 'the id of a space, such as spa_1')
    .optional(),
  SEGMENT_API_URL: baseUrl('https://api.segmentapis.com').optional(),
  SEGMENT_API_TOKEN: credential('a token').optional(),
  SENDGRID_BASE_URL: baseUrl('https://api.sendgrid.com').optional(),
  SENDGRID_API_KEY: credential('a key').optional(),
  SENDGRID_PUBLIC_KEY: credential('a public key in base64').optional(),
  SEGOPS_BASE_URL: baseUrl('https://api.segops.ai/api').optional(),
  SEGOPS_API_KEY: credential('a key').optional(),
  SEGOPS_WEBHOOK_SECRET: z.string().optional(),
  TRIGGERS: z.string().optional(),
  S3_FOLDER: z.string().optional(),
  /** The directory in which `npm run dev` was typed: relative paths start there. */
  INIT_CWD: z.string().optional(),
});

/** The names of the environment variables. */
export const devVariables: readonly string[] = Object.keys(environmentSchema.shape).filter(
  (name) => name !== 'INIT_CWD',
);

/**
 * Reads the settings from the environment; an empty variable counts as absent.
 *
 * @throws {LocalSystemError} naming each wrong variable and what it must be, but not its value: it may be a secret.
 */
export function readDevSettings(environment: Readonly<Record<string, string | undefined>>): DevSettings {
  const { TRIGGERS, S3_FOLDER, INIT_CWD, ...parsed } = readVariables(environmentSchema, environment);
  for (const [url, key, what] of pairs) {
    if (parsed[url] !== undefined && parsed[key] === undefined) {
      throw new LocalSystemError(`${url} is set without ${key}: set it to ${what}`);
    }
  }
  return withoutUndefined({
    port: parsed.PORT ?? defaultPort,
    sharedSecret: parsed.SEGMENT_SHARED_SECRET,
    bearerToken: parsed.SEGMENT_BEARER_TOKEN,
    maveraBaseUrl: parsed.MAVERA_BASE_URL,
    maveraApiKey: parsed.MAVERA_API_KEY,
    maveraRequestsPerMinute: parsed.MAVERA_REQUESTS_PER_MINUTE,
    maveraMonthlyCredits: parsed.MAVERA_MONTHLY_CREDITS,
    maveraTimeoutSeconds: parsed.MAVERA_TIMEOUT_SECONDS,
    dispatchEverySeconds: parsed.DISPATCH_EVERY_SECONDS,
    segmentTrackingUrl: parsed.SEGMENT_TRACKING_URL,
    segmentWriteKey: parsed.SEGMENT_WRITE_KEY,
    systems: calledSystemsOf(parsed),
    segmentProfileSpace: parsed.SEGMENT_PROFILE_SPACE,
    sendgridPublicKey: parsed.SENDGRID_PUBLIC_KEY,
    segopsWebhookSecret: parsed.SEGOPS_WEBHOOK_SECRET,
    triggersFile: TRIGGERS === undefined ? undefined : resolve(INIT_CWD ?? process.cwd(), TRIGGERS),
    s3Folder: S3_FOLDER === undefined ? undefined : resolve(INIT_CWD ?? process.cwd(), S3_FOLDER),
  });
}

/** A system that is not simulated needs a credential for it. */
const pairs = [
  ['SEGMENT_TRACKING_URL', 'SEGMENT_WRITE_KEY', 'the write key of a source there'],
  ['SEGMENT_PROFILES_URL', 'SEGMENT_PROFILES_TOKEN', 'the access token of a space there'],
  ['SEGMENT_API_URL', 'SEGMENT_API_TOKEN', 'a token of the Public API there'],
  ['SEGOPS_BASE_URL', 'SEGOPS_API_KEY', 'a secret key there (sk_…)'],
  ['SENDGRID_BASE_URL', 'SENDGRID_API_KEY', 'an API key there (SG.…)'],
] as const;

function calledSystemsOf(parsed: z.output<typeof environmentSchema>): Partial<CalledSystems> {
  const { SEGMENT_PROFILE_SPACE: space = localSpace, SEGOPS_API_KEY: apiKey } = parsed;
  const { SEGMENT_PROFILES_URL: profiles, SEGMENT_PROFILES_TOKEN: profilesToken } = parsed;
  const { SEGMENT_API_URL: api, SEGMENT_API_TOKEN: apiToken, SEGOPS_BASE_URL: segops } = parsed;
  const { SENDGRID_BASE_URL: sendgrid, SENDGRID_API_KEY: sendgridKey } = parsed;
  return {
    ...(profiles === undefined || profilesToken === undefined
      ? {}
      : { segmentProfiles: { url: profiles, token: profilesToken, space } }),
    ...(api === undefined || apiToken === undefined ? {} : { segmentApi: { url: api, token: apiToken } }),
    ...(segops === undefined || apiKey === undefined ? {} : { segops: { url: segops, apiKey } }),
    ...(sendgrid === undefined || sendgridKey === undefined
      ? {}
      : { sendgrid: { url: sendgrid, apiKey: sendgridKey } }),
  };
}

/**
 * Reads only `DISPATCH_EVERY_SECONDS`, the one setting that `npm start` takes from these variables besides `TRIGGERS`.
 *
 * @throws {LocalSystemError} when it is not a whole number from 1 to 60.
 */
export function readDispatchEverySeconds(
  environment: Readonly<Record<string, string | undefined>>,
): number | undefined {
  return readVariables(environmentSchema.pick({ DISPATCH_EVERY_SECONDS: true }), environment)
    .DISPATCH_EVERY_SECONDS;
}

function readVariables<Schema extends z.ZodType>(
  schema: Schema,
  environment: Readonly<Record<string, string | undefined>>,
): z.output<Schema> {
  const given = Object.fromEntries(Object.entries(environment).filter(([, value]) => value !== ''));
  const result = schema.safeParse(given);
  if (!result.success) {
    const problems = result.error.issues.map(({ path, message }) => `${String(path[0])} must be ${message}`);
    throw new LocalSystemError([...new Set(problems)].join('; '));
  }
  return result.data;
}

function isBaseUrl(text: string): boolean {
  const url = URL.parse(text);
  return url?.protocol === 'https:' || (url?.protocol === 'http:' && loopbackHosts.includes(url.hostname));
}

type Defined<Value> = {
  [Key in keyof Value as undefined extends Value[Key] ? never : Key]: Value[Key];
} & { [Key in keyof Value as undefined extends Value[Key] ? Key : never]?: Exclude<Value[Key], undefined> };

/** An optional property is there with a value, or not there. */
function withoutUndefined<Value extends object>(value: Value): Defined<Value> {
  return Object.fromEntries(
    Object.entries(value).filter(([, inner]) => inner !== undefined),
  ) as Defined<Value>;
}
