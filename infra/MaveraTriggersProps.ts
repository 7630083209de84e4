import type { ICertificate } from 'aws-cdk-lib/aws-certificatemanager';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import type { RetentionDays } from 'aws-cdk-lib/aws-logs';
import type { ITopic } from 'aws-cdk-lib/aws-sns';
import type { Duration, RemovalPolicy } from 'aws-cdk-lib/core';
import type { FunctionCode } from './bundling/bundleFunctions.ts';
import type { MaveraTier } from './settings/maveraTiers.ts';

/** Options of {@link MaveraTriggers}; `docs/settings.md` has them as a table. */
export interface MaveraTriggersProps {
  /**
   * File with the triggers, relative to where the command is run.
   * @default 'triggers.ts'
   */
  readonly triggersFile?: string;
  /**
   * Directories with the bundles of the functions, made elsewhere from the same triggers file.
   * @default bundled when the app is synthesized
   */
  readonly code?: FunctionCode;
  /**
   * Tells deployments in one account and region apart: suffix of the secrets, dimension of the metrics. Up to 32
   * lower-case letters, digits and hyphens.
   * @default none
   */
  readonly environmentName?: string;
  /**
   * Your plan at Mavera: its limits are the defaults of `maveraRequestsPerMinute` and `maveraMonthlyCredits`.
   * @default none
   */
  readonly maveraTier?: MaveraTier;
  /**
   * Requests that Mavera allows the API key in any 60 seconds.
   * @default the tier's, else 60
   */
  readonly maveraRequestsPerMinute?: number;
  /**
   * Credits that the plan includes in a month.
   * @default the tier's, else unknown
   */
  readonly maveraMonthlyCredits?: number;
  /** @default 'https://app.mavera.io/api/v1' */
  readonly maveraBaseUrl?: string;
  /**
   * How long to wait for one Mavera answer; the runner function lives 20 seconds longer. From 1 to 290 seconds.
   * @default 150 seconds
   */
  readonly maveraTimeout?: Duration;
  /**
   * Runs that may be at work at the same time, from 2 to 100; whatever their number, 10 calls of Mave and 5 focus groups
   * at most.
   * @default 10
   */
  readonly runnerConcurrency?: number;
  /**
   * Credits that all triggers together may spend in a `budgetPeriod`; 0: no limit but the account itself.
   * @default `maveraMonthlyCredits` if `budgetPeriod` is month, else 0
   */
  readonly budgetCredits?: number;
  /**
   * Days and months begin at midnight UTC.
   * @default 'month'
   */
  readonly budgetPeriod?: 'day' | 'month';
  /**
   * Let the triggers' own budgets come to more than `budgetCredits`: they share it, first come, first served.
   * @default false
   */
  readonly overcommitBudgets?: boolean;
  /**
   * Where results are reported to Segment, if a trigger asks for it; in the EU `https://events.eu1.segmentapis.com/v1`.
   * @default 'https://api.segment.io/v1'
   */
  readonly segmentTrackingUrl?: string;
  /**
   * How long an event is remembered, so that it starts nothing twice, and how old an event may be. At least 4 hours.
   * @default 7 days
   */
  readonly dedupeWindow?: Duration;
  /**
   * How long a run may wait before it fails as expired. Up to 14 days.
   * @default 4 days
   */
  readonly runDeadline?: Duration;
  /**
   * How long the record of a run is kept in the ledger.
   * @default 30 days
   */
  readonly runRetention?: Duration;
  /**
   * Calls to Mavera after which a run that keeps failing is given up.
   * @default 8
   */
  readonly maxAttempts?: number;
  /**
   * Largest request body that is accepted; Lambda itself stops at 6 MiB.
   * @default 5,242,880
   */
  readonly maxBodyBytes?: number;
  /**
   * Routes that are let in, `['*']` for all; any other is answered 404.
   * @default 'default', and those that triggers name
   */
  readonly routes?: readonly string[];
  /**
   * Accept a batch whose signature covers its first event only.
   * @default false
   */
  readonly allowFirstEventSignature?: boolean;
  /**
   * Accept events that are older than the `dedupeWindow`.
   * @default false
   */
  readonly acceptReplays?: boolean;
  /**
   * What Segment posts to: a Function URL, free of charge, or an HTTP API ($1 a million requests) with throttling, access
   * log and a domain of its own.
   * @default 'function-url'
   */
  readonly endpoint?: 'function-url' | 'http-api';
  /**
   * Requests a second that the HTTP API lets through; the others are answered 429, and Segment tries again.
   * @default 200
   */
  readonly httpApiRateLimit?: number;
  /**
   * Requests that the HTTP API lets through at once.
   * @default 400
   */
  readonly httpApiBurstLimit?: number;
  /**
   * The domain of the HTTP API; needs `certificate`. Its DNS record is yours to make: `httpApiDomainTarget`.
   * @default none
   */
  readonly domainName?: string;
  /**
   * Certificate of `domainName`, in the region of the stack.
   * @default none
   */
  readonly certificate?: ICertificate;
  /**
   * Key that encrypts table, queues, results topic and secrets. The functions' roles are allowed to use it; the policy of
   * an imported key has to leave that to IAM.
   * @default keys that AWS manages
   */
  readonly encryptionKey?: IKey;
  /**
   * Memory of the receiver in MB; at 1,769 it has one whole CPU.
   * @default 1,769
   */
  readonly receiverMemoryMb?: number;
  /**
   * Memory of the runner in MB.
   * @default 256
   */
  readonly runnerMemoryMb?: number;
  /**
   * Most receivers at work at once: what a flood may cost at most. Requests beyond are answered 429, and Segment tries
   * again.
   * @default none
   */
  readonly receiverReservedConcurrency?: number;
  /**
   * How long a delivered run stays hidden from other deliveries. At least six times the runner's timeout.
   * @default six times the runner's timeout
   */
  readonly runQueueVisibilityTimeout?: Duration;
  /**
   * Give a new version a tenth of the traffic for 5 minutes, then all of it; back to the old one if an alarm goes off.
   * @default true
   */
  readonly gradualReleases?: boolean;
  /**
   * Make the dashboard and the alarms.
   * @default true
   */
  readonly monitoring?: boolean;
  /**
   * Topic that alarms are sent to, and their end.
   * @default none: they only show on the dashboard
   */
  readonly alarmTopic?: ITopic;
  /**
   * Alarm when no event has come for so long: 1 to 24 whole hours.
   * @default no such alarm
   */
  readonly alarmWhenNoEventsFor?: Duration;
  /**
   * Where the runbook is that the alarms' descriptions point to.
   * @default 'docs/runbook.md'
   */
  readonly runbookUrl?: string;
  /**
   * How long CloudWatch keeps the logs.
   * @default RetentionDays.ONE_MONTH
   */
  readonly logRetention?: RetentionDays;
  /**
   * What becomes of table, queues, secrets and logs when the stack is deleted.
   * @default RemovalPolicy.RETAIN
   */
  readonly removalPolicy?: RemovalPolicy.RETAIN | RemovalPolicy.DESTROY;
}
