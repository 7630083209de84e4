import * as z from 'zod';
import {
  type AcceptedValue,
  baseUrl,
  duration,
  logRetention,
  oneOf,
  routeNames,
  text,
  wholeNumber,
  yesOrNo,
} from './acceptedValue.ts';
import { maveraTierNames } from './maveraTiers.ts';

/**
 * Each setting: what it accepts, its default and what it is for. It is a prop of the construct `MaveraTriggers` and a key
 * of the CDK context alike.
 */
export const settingsSchema = z.strictObject({
  triggersFile: setting(
    text('the path of a file', (path) => path !== ''),
    'triggers.ts',
    'File with the triggers, relative to where the command is run.',
  ),
  environmentName: setting(
    text('up to 32 lower-case letters, digits and hyphens, such as staging', (name) =>
      /^(?:[a-z0-9](?:[a-z0-9-]{0,30}[a-z0-9])?)?$/.test(name),
    ),
    '',
    'Tells deployments in one account and region apart: suffix of stack and secrets, dimension of the metrics.',
  ),
  maveraTier: optionalSetting(
    oneOf(maveraTierNames),
    'none',
    'Your plan at Mavera: its limits are the defaults of the next two.',
  ),
  maveraRequestsPerMinute: optionalSetting(
    wholeNumber(1, 100_000),
    "the tier's, else 60",
    'Requests that Mavera allows the API key in any 60 seconds.',
  ),
  maveraMonthlyCredits: optionalSetting(
    wholeNumber(1, 1_000_000_000),
    "the tier's, else unknown",
    'Credits that the plan includes in a month.',
  ),
  maveraBaseUrl: setting(baseUrl(), 'https://app.mavera.io/api/v1', 'Where the Mavera API is.'),
  maveraTimeout: setting(
    duration('1s', '290s'),
    '150s',
    'How long to wait for one Mavera answer; the runner function lives 20 seconds longer.',
  ),
  runnerConcurrency: setting(
    wholeNumber(2, 100),
    10,
    'Runs that may be at work at the same time; whatever their number, 10 calls of Mave and 5 focus groups at most.',
  ),
  budgetCredits: optionalSetting(
    wholeNumber(0, 1_000_000_000),
    'maveraMonthlyCredits if budgetPeriod is month, else 0',
    'Credits that all triggers together may spend in a budgetPeriod; 0: no limit but the account itself.',
  ),
  budgetPeriod: setting(
    oneOf(['day', 'month']),
    'month',
    'What budgetCredits is for; days and months begin at midnight UTC.',
  ),
  overcommitBudgets: setting(
    yesOrNo(),
    false,
    "Let the triggers' own budgets come to more than budgetCredits: they share it, first come, first served.",
  ),
  segmentTrackingUrl: setting(
    baseUrl(),
    'https://api.segment.io/v1',
    'Where results are reported to Segment, if a trigger asks for it; in the EU https://events.eu1.segmentapis.com/v1.',
  ),
  dedupeWindow: setting(
    duration('1h', '365d'),
    '7d',
    'How long an event is remembered, so that it starts nothing twice, and how old an event may be.',
  ),
  runDeadline: setting(duration('1h', '14d'), '4d', 'How long a run may wait before it fails as expired.'),
  runRetention: setting(
    duration('1d', '3650d'),
    '30d',
    'How long the record of a run is kept in the ledger.',
  ),
  maxAttempts: setting(
    wholeNumber(1, 100),
    8,
    'Calls to Mavera after which a run that keeps failing is given up.',
  ),
  maxBodyBytes: setting(
    wholeNumber(1_024, 6_291_456),
    5_242_880,
    'Largest request body that is accepted; Lambda itself stops at 6 MiB.',
  ),
  routes: optionalSetting(
    routeNames(),
    'default, and those that triggers name',
    'Routes that are let in; any other is answered 404.',
  ),
  allowFirstEventSignature: setting(
    yesOrNo(),
    false,
    'Accept a batch whose signature covers its first event only.',
  ),
  acceptReplays: setting(yesOrNo(), false, 'Accept events that are older than the dedupeWindow.'),
  endpoint: setting(
    oneOf(['function-url', 'http-api']),
    'function-url',
    'What Segment posts to: a Function URL, free of charge, or an HTTP API ($1 a million) with throttling, access log and domain.',
  ),
  httpApiRateLimit: setting(
    wholeNumber(1, 10_000),
    200,
    'Requests a second that the HTTP API lets through; the others are answered 429, and Segment tries again.',
  ),
  httpApiBurstLimit: setting(wholeNumber(1, 5_000), 400, 'Requests that the HTTP API lets through at once.'),
  domainName: optionalSetting(
    text('a domain name, such as events.example.com', (name) =>
      /^(?=.{1,253}$)(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,63}$/.test(name),
    ),
    'none',
    'The domain of the HTTP API; needs a certificate for it.',
  ),
  receiverMemoryMb: setting(
    wholeNumber(512, 10_240),
    1_769,
    'Memory of the receiver in MB; at 1769 it has one whole CPU.',
  ),
  runnerMemoryMb: setting(wholeNumber(128, 10_240), 256, 'Memory of the runner in MB.'),
  receiverReservedConcurrency: optionalSetting(
    wholeNumber(1, 10_000),
    'none',
    'Most receivers at work at once: what a flood may cost at most. Requests beyond are answered 429, and Segment tries again.',
  ),
  runQueueVisibilityTimeout: optionalSetting(
    duration('6s', '12h'),
    "six times the runner's timeout",
    'How long a delivered run stays hidden from other deliveries; the default is the least that is allowed.',
  ),
  gradualReleases: setting(
    yesOrNo(),
    true,
    'Give a new version a tenth of the traffic for 5 minutes, then all of it; back to the old one if an alarm goes off.',
  ),
  monitoring: setting(yesOrNo(), true, 'Make the dashboard and the alarms.'),
  alarmWhenNoEventsFor: optionalSetting(
    duration('1h', '24h', '1h'),
    'no such alarm',
    'Alarm when no event has come for so long.',
  ),
  runbookUrl: setting(
    text('a URL or a path without spaces', (url) => /^\S+$/.test(url)),
    'docs/runbook.md',
    "Where the runbook is that the alarms' descriptions point to.",
  ),
  logRetention: setting(logRetention(), 30, 'How many days CloudWatch keeps the logs.'),
  removalPolicy: setting(
    oneOf(['retain', 'destroy']),
    'retain',
    'What becomes of table, queues, secrets and logs when the stack is deleted.',
  ),
});

/** The name of a setting. */
export type SettingName = keyof typeof settingsSchema.shape;

/** What the docs say of a setting. */
export interface SettingDescription {
  readonly meaning: string;
  readonly accepts: string;
  /** The value as it would be given, as code; or in words where it depends on others. */
  readonly byDefault: string;
}

/** What the docs say of a setting. */
export function describeSetting(name: SettingName): SettingDescription {
  return descriptions.parse(settingsSchema.shape[name].meta());
}

const descriptions = z.object({ meaning: z.string(), accepts: z.string(), byDefault: z.string() });

function setting<Value>(
  { schema, accepts }: AcceptedValue<Value>,
  byDefault: string | number | boolean,
  meaning: string,
): z.ZodPrefault<z.ZodType<Value>> {
  return schema
    .prefault(byDefault as never)
    .meta({ accepts, byDefault: `\`${byDefault === '' ? "''" : byDefault}\``, meaning });
}

function optionalSetting<Value>(
  { schema, accepts }: AcceptedValue<Value>,
  byDefault: string,
  meaning: string,
): z.ZodOptional<z.ZodType<Value>> {
  return schema.optional().meta({ accepts, byDefault, meaning });
}
