import { Duration } from 'aws-cdk-lib/core';
import * as z from 'zod';
import { sourceNames } from '../../functions/sources/source.ts';
import { parseDuration } from '../../functions/triggers/duration.ts';

/** A type of setting. Its value is given as a prop of the construct, or as the string of `-c key=value`. */
export interface AcceptedValue<Value> {
  readonly schema: z.ZodType<Value>;
  /** For people: `a whole number from 1 to 100`. */
  readonly accepts: string;
  /** Of a number or a duration: `from 1 to 100`. */
  readonly bounds?: string;
}

export function text(accepts: string, isRight: (value: string) => boolean): AcceptedValue<string> {
  return { accepts, schema: z.string(accepts).refine(isRight, accepts) };
}

export function wholeNumber(min: number, max: number): AcceptedValue<number> {
  const bounds = `from ${min} to ${max}`;
  const accepts = `a whole number ${bounds}`;
  const schema = z.preprocess(
    (value) => (typeof value === 'string' && /^\d{1,15}$/.test(value) ? Number(value) : value),
    z.int(accepts).min(min, accepts).max(max, accepts),
  );
  return { accepts, bounds, schema };
}

export function yesOrNo(): AcceptedValue<boolean> {
  const accepts = 'true or false';
  const schema = z.preprocess(
    (value) => (value === 'true' ? true : value === 'false' ? false : value),
    z.boolean(accepts),
  );
  return { accepts, schema };
}

export function oneOf<const Values extends readonly string[]>(values: Values): AcceptedValue<Values[number]> {
  const accepts = `${values.slice(0, -1).join(', ')} or ${values.at(-1)}`;
  return { accepts, schema: z.enum(values, accepts) };
}

/** A length of time in whole units, such as `150s`, `12h` or `7d`. */
export function duration(min: string, max: string, unit: '1s' | '1h' = '1s'): AcceptedValue<Duration> {
  const bounds = `from ${min} to ${max}`;
  const accepts = `${unit === '1h' ? 'whole hours' : 'a duration'} ${bounds}`;
  const [minMs, maxMs, unitMs] = [min, max, unit].map((limit) => parseDuration(limit) ?? 0);
  const schema = z
    .unknown()
    .transform((value) => (value instanceof Duration ? value.toMilliseconds() : (parseDuration(value) ?? 0)))
    .refine((ms) => ms >= (minMs ?? 0) && ms <= (maxMs ?? 0) && ms % (unitMs ?? 1) === 0, accepts)
    .transform((ms) => Duration.millis(ms));
  return { accepts, bounds, schema };
}

const loopbackHosts: ReadonlySet<string> = new Set(['localhost', '127.0.0.1', '[::1]']);

export function baseUrl(): AcceptedValue<string> {
  const accepts = 'an https:// URL without credentials, query or fragment (http:// only for a loopback host)';
  const schema = z
    .string(accepts)
    .transform((url) => url.replace(/\/+$/, ''))
    .refine(isBaseUrl, accepts);
  return { accepts, schema };
}

function isBaseUrl(given: string): boolean {
  const url = URL.parse(given);
  if (url === null || url.username !== '' || url.password !== '' || /[?#]/.test(given)) {
    return false;
  }
  return url.protocol === 'https:' || (url.protocol === 'http:' && loopbackHosts.has(url.hostname));
}

const routeName = new RegExp(`^(?:(?:${sourceNames.join('|')})/)?[A-Za-z0-9_-]{1,64}$`);

/** A list, or a string of names joined by commas, with or without their source. `*` means every route. */
export function routeNames(): AcceptedValue<readonly string[]> {
  const accepts = 'names of routes joined by commas, such as default,audiences or sendgrid/eu, or * for all';
  const schema = z.preprocess(
    (value) => (typeof value === 'string' ? value.split(',') : value),
    z
      .array(z.string(accepts), accepts)
      .min(1, accepts)
      .refine((names) => names.every((name) => routeName.test(name)) || names.join() === '*', accepts),
  );
  return { accepts, schema };
}

/** What CloudWatch Logs accepts as retention. */
const logRetentionDays: readonly number[] = [
  1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653,
];

/** `RetentionDays` of the construct library, which are numbers, or such a number as a string. */
export function logRetention(): AcceptedValue<number> {
  const accepts = `a number of days that CloudWatch knows: ${logRetentionDays.join(', ')}`;
  const schema = z.preprocess(
    (value) => (typeof value === 'string' && /^\d{1,4}$/.test(value) ? Number(value) : value),
    z.number(accepts).refine((days) => logRetentionDays.includes(days), accepts),
  );
  return { accepts, schema };
}
