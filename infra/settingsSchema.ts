import * as z from 'zod';

/** Numbers and switches arrive as text from `-c key=value`, and as themselves from cdk.json. */
function wholeNumber(min: number, max: number): z.ZodType<number> {
  const expected = `a whole number from ${min} to ${max}`;
  return z.preprocess(
    (value) => (typeof value === 'string' && /^\d{1,15}$/.test(value) ? Number(value) : value),
    z.int(expected).min(min, expected).max(max, expected),
  );
}

function yesOrNo(): z.ZodType<boolean> {
  return z.preprocess(
    (value) => (value === 'true' ? true : value === 'false' ? false : value),
    z.boolean('true or false'),
  );
}

/** What CloudWatch Logs accepts, in days. */
const logRetentionDays: readonly number[] = [
  1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653,
];
const logRetention = `a number of days that CloudWatch knows: ${logRetentionDays.join(', ')}`;

const loopbackHosts: ReadonlySet<string> = new Set(['localhost', '127.0.0.1', '[::1]']);
const baseUrl = 'an https:// URL without credentials, query or fragment (http:// only for a loopback host)';

const routeNames = 'names of routes joined by commas, such as default,audiences';
const environmentName = 'up to 32 lower-case letters, digits and hyphens, such as staging';

/** Each setting: its rule, its default and what it is for. */
export const settingsSchema = z.strictObject({
  triggersFile: z
    .string('the path of a file')
    .min(1, 'the path of a file')
    .default('triggers.ts')
    .describe('File with the triggers, relative to where the command is run.'),
  maveraBaseUrl: z
    .string(baseUrl)
    .transform((url) => url.replace(/\/+$/, ''))
    .refine(isBaseUrl, baseUrl)
    .default('https://app.mavera.io/api/v1')
    .describe('Where the Mavera API is.'),
  maveraRequestsPerMinute: wholeNumber(1, 100_000)
    .default(60)
    .describe('Requests that Mavera allows the API key in any 60 seconds.'),
  maveraTimeoutSeconds: wholeNumber(1, 290)
    .default(150)
    .describe('How long to wait for one Mavera answer; the runner function lives 20 seconds longer.'),
  runnerConcurrency: wholeNumber(2, 100)
    .default(10)
    .describe(
      'Runs that may be at work at the same time; whatever their number, 10 calls of Mave and 5 focus groups at most.',
    ),
  budgetCredits: wholeNumber(0, 1_000_000_000)
    .default(0)
    .describe(
      'Credits that all triggers together may spend in a budgetPeriod; 0: no limit but the account itself.',
    ),
  budgetPeriod: z
    .enum(['day', 'month'], 'day or month')
    .default('month')
    .describe('What budgetCredits is for; days and months begin at midnight UTC.'),
  segmentTrackingUrl: z
    .string(baseUrl)
    .transform((url) => url.replace(/\/+$/, ''))
    .refine(isBaseUrl, baseUrl)
    .default('https://api.segment.io/v1')
    .describe(
      'Where results are reported to Segment, if a trigger asks for it; in the EU https://events.eu1.segmentapis.com/v1.',
    ),
  claimLifetimeDays: wholeNumber(1, 365)
    .default(7)
    .describe(
      'How long an event is remembered, so that it starts nothing twice, and how old an event may be.',
    ),
  runDeadlineHours: wholeNumber(1, 336)
    .default(96)
    .describe('How long a run may wait before it fails as expired.'),
  runRetentionDays: wholeNumber(1, 3650)
    .default(30)
    .describe('How long the record of a run is kept in the ledger.'),
  maxAttempts: wholeNumber(1, 100)
    .default(8)
    .describe('Calls to Mavera after which a run that keeps failing is given up.'),
  maxBodyBytes: wholeNumber(1_024, 6_291_456)
    .default(5_242_880)
    .describe('Largest request body that is accepted; Lambda itself stops at 6 MiB.'),
  routes: z
    .string(routeNames)
    .regex(/^(?:[A-Za-z0-9_-]{1,64}(?:,[A-Za-z0-9_-]{1,64})*)?$/, routeNames)
    .default('')
    .describe(
      'Routes that are let in, joined by commas; every route if empty, so that one signed event can be replayed once on each.',
    ),
  allowFirstEventSignature: yesOrNo()
    .default(false)
    .describe('Accept a batch whose signature covers its first event only.'),
  acceptReplays: yesOrNo()
    .default(false)
    .describe('Accept events that are older than the lifetime of a claim.'),
  logRetentionDays: wholeNumber(1, 3653)
    .refine((days) => logRetentionDays.includes(days), logRetention)
    .default(30)
    .describe('How long CloudWatch keeps the logs.'),
  receiverMemoryMb: wholeNumber(512, 10_240)
    .default(1_769)
    .describe('Memory of the receiver in MB; at 1,769 it has one whole CPU.'),
  runnerMemoryMb: wholeNumber(128, 10_240).default(256).describe('Memory of the runner in MB.'),
  removalPolicy: z
    .enum(['retain', 'destroy'], 'retain or destroy')
    .default('retain')
    .describe('What becomes of table, queues, secrets and logs when the stack is deleted.'),
  environment: z
    .string(environmentName)
    .regex(/^(?:[a-z0-9](?:[a-z0-9-]{0,30}[a-z0-9])?)?$/, environmentName)
    .default('')
    .describe(
      'Suffix of the stack and of the secrets, to deploy more than once into one account and region.',
    ),
});

/** The settings of a deployment, validated and complete. */
export type Settings = Readonly<z.infer<typeof settingsSchema>>;

function isBaseUrl(text: string): boolean {
  const url = URL.parse(text);
  if (url === null || url.username !== '' || url.password !== '' || /[?#]/.test(text)) {
    return false;
  }
  return url.protocol === 'https:' || (url.protocol === 'http:' && loopbackHosts.has(url.hostname));
}
