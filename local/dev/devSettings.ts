import { resolve } from 'node:path';
import * as z from 'zod';
import { LocalSystemError } from '../localSystemError.ts';

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
  /** An absolute path. */
  readonly triggersFile?: string;
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

const environmentSchema = z.object({
  PORT: wholeNumber(0, 65_535).optional(),
  SEGMENT_SHARED_SECRET: z.string().optional(),
  SEGMENT_BEARER_TOKEN: z
    .string()
    .regex(/^[\x21-\x7e]+$/, 'a token without spaces')
    .optional(),
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
  SEGMENT_WRITE_KEY: z
    .string()
    .regex(/^[\x21-\x7e]+$/, 'a key without spaces')
    .optional(),
  TRIGGERS: z.string().optional(),
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
  const { TRIGGERS, INIT_CWD, ...parsed } = readVariables(environmentSchema, environment);
  if (parsed.SEGMENT_TRACKING_URL !== undefined && parsed.SEGMENT_WRITE_KEY === undefined) {
    throw new LocalSystemError(
      'SEGMENT_TRACKING_URL is set without SEGMENT_WRITE_KEY: set it to the write key of a source there',
    );
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
    triggersFile: TRIGGERS === undefined ? undefined : resolve(INIT_CWD ?? process.cwd(), TRIGGERS),
  });
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
