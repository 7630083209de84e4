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
import { mappingConcurrency } from './runnerConcurrency.ts';

/**
 * The one list of settings: name, type, default, bounds and sentence of each. A setting is a prop of the construct
 * `MaveraTriggers` and a key of the CDK context alike. `npm run docs:tables` copies the sentences into
 * `docs/settings.md` and into the docstrings of `MaveraTriggersProps`.
 */
export const settingsSchema = z.strictObject({
  triggersFile: setting(
    text('the path of a file', (path) => path !== ''),
    'triggers.ts',
    'The file with the triggers, relative to where the command runs.',
  ),
  environmentName: setting(
    text('up to 32 lower-case letters, digits and hyphens, such as staging', (name) =>
      /^(?:[a-z0-9](?:[a-z0-9-]{0,30}[a-z0-9])?)?$/.test(name),
    ),
    '',
    'Separates deployments in one account and region: it ends the names of the stack and the secrets, and is in the dimension of the metrics.',
  ),
  maveraTier: optionalSetting(
    oneOf(maveraTierNames),
    'none',
    'Your plan at Mavera. Its limits are the defaults of `maveraRequestsPerMinute` and `maveraMonthlyCredits`.',
  ),
  maveraRequestsPerMinute: optionalSetting(
    wholeNumber(1, 100_000),
    'from `maveraTier`, otherwise 60',
    'Requests that Mavera allows the API key in any 60 seconds.',
  ),
  maveraMonthlyCredits: optionalSetting(
    wholeNumber(1, 1_000_000_000),
    'from `maveraTier`, otherwise unknown',
    'Credits that the plan includes in a month.',
  ),
  maveraBaseUrl: setting(baseUrl(), 'https://app.mavera.io/api/v1', 'The base URL of the Mavera API.'),
  maveraTimeout: setting(
    duration('1s', '290s'),
    '150s',
    'How long to wait for one answer of Mavera. The timeout of the runner function is 20 seconds longer.',
  ),
  runnerConcurrency: optionalSetting(
    wholeNumber(mappingConcurrency.min, mappingConcurrency.max),
    'from `maveraRequestsPerMinute`: 23 for 60, 30 for 120, 44 for 240, 86 for 600',
    'How many runs may be worked on at the same time: deliveries of the ready queue. Among them are at most 10 calls of Mave and 5 focus groups. Admission takes up to 10 executions of Lambda besides, the dispatcher 2, the puller 5 if a trigger pulls, and the receiver needs about 10. All together must fit the quota of concurrent executions of the account, 1,000 unless it is new: new accounts may have only 10.',
  ),
  budgetCredits: optionalSetting(
    wholeNumber(0, 1_000_000_000),
    '`maveraMonthlyCredits` if `budgetPeriod` is month, otherwise 0',
    'Credits that all triggers together may spend in one `budgetPeriod`. With 0, only the account limits them.',
  ),
  budgetPeriod: setting(
    oneOf(['day', 'month']),
    'month',
    'The period of `budgetCredits`. Days and months begin at midnight UTC.',
  ),
  overcommitBudgets: setting(
    yesOrNo(),
    false,
    "Whether the triggers' own budgets may add up to more than `budgetCredits`. They then share it, first come, first served.",
  ),
  segmentTrackingUrl: setting(
    baseUrl(),
    'https://api.segment.io/v1',
    'Where results are reported to Segment, for triggers that ask for it. In the EU: https://events.eu1.segmentapis.com/v1.',
  ),
  segmentProfileSpace: optionalSetting(
    text('the id of a space, such as spa_1', (id) => /^[A-Za-z0-9_-]{1,100}$/.test(id)),
    'none',
    'The Segment space of `segmentProfile` lookups that name none.',
  ),
  segmentProfileRequestsPerSecond: setting(
    wholeNumber(1, 100),
    20,
    'Requests to the Profile API in any second, for each space. Segment allows 100; the others are left to your other systems.',
  ),
  segmentProfilesUrl: setting(
    baseUrl(),
    'https://profiles.segment.com',
    'The base URL of the Profile API, for `segmentProfile` lookups. In the EU: https://profiles.euw1.segment.com.',
  ),
  segmentApiUrl: setting(
    baseUrl(),
    'https://api.segmentapis.com',
    "The base URL of Segment's Public API. Lookups of ids and events read the names of the Segment sources there. In the EU: https://eu1.api.segmentapis.com.",
  ),
  segopsBaseUrl: setting(
    baseUrl(),
    'https://api.segops.ai/api',
    'The base URL of the SegOps API, for lookups and reports.',
  ),
  segopsRequestsPerMinute: setting(
    wholeNumber(1, 100_000),
    60,
    'Requests to SegOps in any 60 seconds, as your plan at SegOps allows.',
  ),
  sendgridBaseUrl: setting(
    baseUrl(),
    'https://api.sendgrid.com',
    'The base URL of the SendGrid API, for pulls. In the EU: https://api.eu.sendgrid.com.',
  ),
  sendgridUserIdArgument: setting(
    text('the name of a custom argument, without spaces', (name) => /^[\x21-\x7e]{1,200}$/.test(name)),
    'user_id',
    "The custom argument of your e-mails that holds the user's id. An event without it gets an anonymous id, made of the address and a secret key.",
  ),
  dedupeWindow: setting(
    duration('4.5h', '365d'),
    '7d',
    'How long an event is remembered, so that it starts nothing twice. Older events are stale and start nothing. Segment tries an event again for 4 hours, so the minimum is longer. SendGrid tries for 24 hours: with a trigger of SendGrid the minimum is 26h.',
  ),
  runDeadline: setting(
    duration('1h', '14d'),
    '4d',
    'How long a run may wait. After that it fails as `expired`.',
  ),
  pullDeadline: setting(
    duration('1h', '14d'),
    '24h',
    'How long one occurrence of a pull may take. After that it fails.',
  ),
  runRetention: setting(duration('1d', '3650d'), '30d', 'How long a run stays in the ledger.'),
  maxAttempts: setting(
    wholeNumber(1, 100),
    8,
    'How many calls to Mavera a run may make before it is dead-lettered.',
  ),
  maxBodyBytes: setting(
    wholeNumber(1_024, 6_291_456),
    5_242_880,
    'The largest request body that is accepted. Lambda itself accepts at most 6 MiB.',
  ),
  routes: optionalSetting(
    routeNames(),
    'for each source `default`, and the routes that its triggers name',
    'The routes that are accepted: of every source that is open, or with its name of one source. Requests to other routes are answered 404.',
  ),
  allowFirstEventSignature: setting(
    yesOrNo(),
    false,
    'Whether to accept a batch whose signature covers its first event only.',
  ),
  acceptReplays: setting(
    yesOrNo(),
    false,
    'Whether to accept events that are older than the `dedupeWindow`.',
  ),
  honourDeletes: setting(
    yesOrNo(),
    false,
    'Whether `delete` events of Segment remove the data of their users from the ledger. The receiver records them, and a function of its own works them off once a day. It needs a trigger of Segment, or none at all.',
  ),
  endpoint: setting(
    oneOf(['function-url', 'http-api']),
    'function-url',
    'What Segment posts to: a Function URL, free of charge, or an HTTP API ($1 a million requests) with throttling, access log and a domain of your own. Eleven regions have no Function URLs.',
  ),
  httpApiRateLimit: setting(
    wholeNumber(1, 10_000),
    200,
    'Requests a second that the HTTP API accepts. Others are answered 429, and Segment tries again.',
  ),
  httpApiBurstLimit: setting(
    wholeNumber(1, 5_000),
    400,
    'Requests that the HTTP API accepts at the same moment.',
  ),
  domainName: optionalSetting(
    text('a domain name, such as events.example.com', (name) =>
      /^(?=.{1,253}$)(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,63}$/.test(name),
    ),
    'none',
    'The domain of the HTTP API. It needs a certificate and a DNS record, which you make. The record points to the stack output `DomainTarget` (`endpoint.domainTarget` of the construct).',
  ),
  receiverMemoryMb: setting(
    wholeNumber(512, 10_240),
    1_769,
    'Memory of the receiver in MB. With 1769 it has one whole CPU.',
  ),
  runnerMemoryMb: setting(wholeNumber(128, 10_240), 256, 'Memory of the runner in MB.'),
  pullerMemoryMb: setting(
    wholeNumber(256, 10_240),
    512,
    'Memory of the puller in MB. It is made only if a trigger has a pull.',
  ),
  receiverReservedConcurrency: optionalSetting(
    wholeNumber(1, 10_000),
    'none',
    'How many requests the receiver handles at the same time: it limits the cost of a flood. Lambda then also accepts at most ten times as many requests a second. Others are answered 429, and Segment tries again.',
  ),
  runQueueVisibilityTimeout: optionalSetting(
    duration('6s', '12h'),
    "six times the runner's timeout",
    'How long a delivered run stays hidden from other deliveries. The default is the minimum.',
  ),
  gradualReleases: setting(
    yesOrNo(),
    true,
    'Whether a new version gets a tenth of the traffic for 5 minutes before it gets all. An alarm in that time rolls it back.',
  ),
  monitoring: setting(yesOrNo(), true, 'Whether to make the dashboard and the alarms.'),
  alarmWhenNoEventsFor: optionalSetting(
    duration('1h', '24h', '1h'),
    'no such alarm',
    'How long no event may come before the alarm `NoEvents` goes off.',
  ),
  runbookUrl: setting(
    text('a URL or a path without spaces', (url) => /^\S+$/.test(url)),
    'docs/runbook.md',
    "The runbook that the alarms' descriptions link to.",
  ),
  logRetention: setting(logRetention(), 30, 'How many days CloudWatch keeps the logs.'),
  removalPolicy: setting(
    oneOf(['retain', 'destroy']),
    'retain',
    'What happens to table, queues, secrets and logs when the stack is deleted.',
  ),
});

/** The name of a setting. */
export type SettingName = keyof typeof settingsSchema.shape;

export const settingNames = Object.keys(settingsSchema.shape) as SettingName[];

/** What the docs say about a setting. */
export interface SettingDescription {
  /** A sentence or two, in Markdown. */
  readonly meaning: string;
  /** What is accepted, such as `a whole number from 1 to 100`. */
  readonly accepts: string;
  /** Of a number or a duration, such as `from 1 to 100`. */
  readonly bounds?: string | undefined;
  /** In Markdown: the value as code, or words where it depends on other settings. */
  readonly byDefault: string;
}

/** What the docs say about the setting of this name. */
export function describeSetting(name: SettingName): SettingDescription {
  return descriptions.parse(settingsSchema.shape[name].meta());
}

const descriptions = z.object({
  meaning: z.string(),
  accepts: z.string(),
  bounds: z.optional(z.string()),
  byDefault: z.string(),
});

function setting<Value>(
  { schema, accepts, bounds }: AcceptedValue<Value>,
  byDefault: string | number | boolean,
  meaning: string,
): z.ZodPrefault<z.ZodType<Value>> {
  const shown = `\`${byDefault === '' ? "''" : byDefault}\``;
  return schema.prefault(byDefault as never).meta({ accepts, bounds, byDefault: shown, meaning });
}

function optionalSetting<Value>(
  { schema, accepts, bounds }: AcceptedValue<Value>,
  byDefault: string,
  meaning: string,
): z.ZodOptional<z.ZodType<Value>> {
  return schema.optional().meta({ accepts, bounds, byDefault, meaning });
}
