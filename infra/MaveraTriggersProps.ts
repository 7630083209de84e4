import type { ICertificate } from 'aws-cdk-lib/aws-certificatemanager';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import type { RetentionDays } from 'aws-cdk-lib/aws-logs';
import type { ITopic } from 'aws-cdk-lib/aws-sns';
import type { Duration, RemovalPolicy } from 'aws-cdk-lib/core';
import type { FunctionCode } from './bundling/bundleFunctions.ts';
import type { MaveraTier } from './settings/maveraTiers.ts';

/**
 * Options of {@link MaveraTriggers}. `docs/settings.md` has them as a table. `npm run docs:tables` writes the docstrings
 * of all that are settings, from `settingsSchema`.
 */
export interface MaveraTriggersProps {
  /**
   * The file with the triggers, relative to where the command runs.
   * @default `triggers.ts`
   */
  readonly triggersFile?: string;
  /**
   * Directories with the bundles of the functions, if you bundle them yourself. Use the same triggers file, and the
   * `access.ts` beside it.
   * @default bundled when the app is synthesized
   */
  readonly code?: FunctionCode;
  /**
   * Separates deployments in one account and region: it ends the names of the stack and the secrets, and is
   * in the dimension of the metrics.
   * @default `''`
   */
  readonly environmentName?: string;
  /**
   * Your plan at Mavera. Its limits are the defaults of `maveraRequestsPerMinute` and `maveraMonthlyCredits`.
   * @default none
   */
  readonly maveraTier?: MaveraTier;
  /**
   * Requests that Mavera allows the API key in any 60 seconds. Accepted: from 1 to 100000.
   * @default from `maveraTier`, otherwise 60
   */
  readonly maveraRequestsPerMinute?: number;
  /**
   * Credits that the plan includes in a month. Accepted: from 1 to 1000000000.
   * @default from `maveraTier`, otherwise unknown
   */
  readonly maveraMonthlyCredits?: number;
  /**
   * The base URL of the Mavera API.
   * @default `https://app.mavera.io/api/v1`
   */
  readonly maveraBaseUrl?: string;
  /**
   * How long to wait for one answer of Mavera. The timeout of the runner function is 20 seconds longer.
   * Accepted: from 1s to 290s.
   * @default `150s`
   */
  readonly maveraTimeout?: Duration;
  /**
   * How many runs may be worked on at the same time: deliveries of the ready queue. Among them are at most 10
   * calls of Mave and 5 focus groups. Admission takes up to 10 executions of Lambda besides, the dispatcher
   * 2, the puller 5 if a trigger pulls, and the receiver needs about 10. All together must fit the quota of
   * concurrent executions of the account, 1,000 unless it is new: new accounts may have only 10. Accepted:
   * from 2 to 1000.
   * @default from `maveraRequestsPerMinute`: 23 for 60, 30 for 120, 44 for 240, 86 for 600
   */
  readonly runnerConcurrency?: number;
  /**
   * Credits that all triggers together may spend in one `budgetPeriod`. With 0, only the account limits them.
   * Accepted: from 0 to 1000000000.
   * @default `maveraMonthlyCredits` if `budgetPeriod` is month, otherwise 0
   */
  readonly budgetCredits?: number;
  /**
   * The period of `budgetCredits`. Days and months begin at midnight UTC.
   * @default `month`
   */
  readonly budgetPeriod?: 'day' | 'month';
  /**
   * Whether the triggers' own budgets may add up to more than `budgetCredits`. They then share it, first
   * come, first served.
   * @default `false`
   */
  readonly overcommitBudgets?: boolean;
  /**
   * Where results are reported to Segment, for triggers that ask for it. In the EU:
   * https://events.eu1.segmentapis.com/v1.
   * @default `https://api.segment.io/v1`
   */
  readonly segmentTrackingUrl?: string;
  /**
   * The Segment space of `segmentProfile` lookups that name none.
   * @default none
   */
  readonly segmentProfileSpace?: string;
  /**
   * Requests to the Profile API in any second, for each space. Segment allows 100; the others are left to
   * your other systems. Accepted: from 1 to 100.
   * @default `20`
   */
  readonly segmentProfileRequestsPerSecond?: number;
  /**
   * The base URL of the Profile API, for `segmentProfile` lookups. In the EU:
   * https://profiles.euw1.segment.com.
   * @default `https://profiles.segment.com`
   */
  readonly segmentProfilesUrl?: string;
  /**
   * The base URL of Segment's Public API. Lookups of ids and events read the names of the Segment sources
   * there. In the EU: https://eu1.api.segmentapis.com.
   * @default `https://api.segmentapis.com`
   */
  readonly segmentApiUrl?: string;
  /**
   * The base URL of the SegOps API, for lookups and reports.
   * @default `https://api.segops.ai/api`
   */
  readonly segopsBaseUrl?: string;
  /**
   * Requests to SegOps in any 60 seconds, as your plan at SegOps allows. Accepted: from 1 to 100000.
   * @default `60`
   */
  readonly segopsRequestsPerMinute?: number;
  /**
   * The base URL of the SendGrid API, for pulls. In the EU: https://api.eu.sendgrid.com.
   * @default `https://api.sendgrid.com`
   */
  readonly sendgridBaseUrl?: string;
  /**
   * The custom argument of your e-mails that holds the user's id. An event without it gets an anonymous id,
   * made of the address and a secret key.
   * @default `user_id`
   */
  readonly sendgridUserIdArgument?: string;
  /**
   * How long an event is remembered, so that it starts nothing twice. Older events are stale and start
   * nothing. Segment tries an event again for 4 hours, so the minimum is longer. SendGrid tries for 24 hours:
   * with a trigger of SendGrid the minimum is 26h. Accepted: from 4.5h to 365d.
   * @default `7d`
   */
  readonly dedupeWindow?: Duration;
  /**
   * How long a run may wait. After that it fails as `expired`. Accepted: from 1h to 14d.
   * @default `4d`
   */
  readonly runDeadline?: Duration;
  /**
   * How long one occurrence of a pull may take. After that it fails. Accepted: from 1h to 14d.
   * @default `24h`
   */
  readonly pullDeadline?: Duration;
  /**
   * How long a run stays in the ledger. Accepted: from 1d to 3650d.
   * @default `30d`
   */
  readonly runRetention?: Duration;
  /**
   * How many calls to Mavera a run may make before it is dead-lettered. Accepted: from 1 to 100.
   * @default `8`
   */
  readonly maxAttempts?: number;
  /**
   * The largest request body that is accepted. Lambda itself accepts at most 6 MiB. Accepted: from 1024 to
   * 6291456.
   * @default `5242880`
   */
  readonly maxBodyBytes?: number;
  /**
   * The routes that are accepted: of every source that is open, or with its name of one source. Requests to
   * other routes are answered 404.
   * @default for each source `default`, and the routes that its triggers name
   */
  readonly routes?: readonly string[];
  /**
   * Whether to accept a batch whose signature covers its first event only.
   * @default `false`
   */
  readonly allowFirstEventSignature?: boolean;
  /**
   * Whether to accept events that are older than the `dedupeWindow`.
   * @default `false`
   */
  readonly acceptReplays?: boolean;
  /**
   * Whether `delete` events of Segment remove the data of their users from the ledger. The receiver records
   * them, and a function of its own works them off once a day. It needs a trigger of Segment, or none at all.
   * @default `false`
   */
  readonly honourDeletes?: boolean;
  /**
   * What Segment posts to: a Function URL, free of charge, or an HTTP API ($1 a million requests) with
   * throttling, access log and a domain of your own. Eleven regions have no Function URLs.
   * @default `function-url`
   */
  readonly endpoint?: 'function-url' | 'http-api';
  /**
   * Requests a second that the HTTP API accepts. Others are answered 429, and Segment tries again. Accepted:
   * from 1 to 10000.
   * @default `200`
   */
  readonly httpApiRateLimit?: number;
  /**
   * Requests that the HTTP API accepts at the same moment. Accepted: from 1 to 5000.
   * @default `400`
   */
  readonly httpApiBurstLimit?: number;
  /**
   * The domain of the HTTP API. It needs a certificate and a DNS record, which you make. The record points to
   * the stack output `DomainTarget` (`endpoint.domainTarget` of the construct).
   * @default none
   */
  readonly domainName?: string;
  /**
   * The certificate of `domainName`, in the region of the stack.
   * @default none
   */
  readonly certificate?: ICertificate;
  /**
   * The KMS key that encrypts table, queues, results topic and secrets. The functions' roles get the permission to
   * use it. The policy of an imported key must leave that decision to IAM.
   * @default keys that AWS manages
   */
  readonly encryptionKey?: IKey;
  /**
   * Memory of the receiver in MB. With 1769 it has one whole CPU. Accepted: from 512 to 10240.
   * @default `1769`
   */
  readonly receiverMemoryMb?: number;
  /**
   * Memory of the runner in MB. Accepted: from 128 to 10240.
   * @default `256`
   */
  readonly runnerMemoryMb?: number;
  /**
   * Memory of the puller in MB. It is made only if a trigger has a pull. Accepted: from 256 to 10240.
   * @default `512`
   */
  readonly pullerMemoryMb?: number;
  /**
   * How many requests the receiver handles at the same time: it limits the cost of a flood. Lambda then also
   * accepts at most ten times as many requests a second. Others are answered 429, and Segment tries again.
   * Accepted: from 1 to 10000.
   * @default none
   */
  readonly receiverReservedConcurrency?: number;
  /**
   * How long a delivered run stays hidden from other deliveries. The default is the minimum. Accepted: from
   * 6s to 12h.
   * @default six times the runner's timeout
   */
  readonly runQueueVisibilityTimeout?: Duration;
  /**
   * Whether a new version gets a tenth of the traffic for 5 minutes before it gets all. An alarm in that time
   * rolls it back.
   * @default `true`
   */
  readonly gradualReleases?: boolean;
  /**
   * Whether to make the dashboard and the alarms.
   * @default `true`
   */
  readonly monitoring?: boolean;
  /**
   * The topic that is told when an alarm goes off and when it is over.
   * @default none: alarms only show on the dashboard
   */
  readonly alarmTopic?: ITopic;
  /**
   * How long no event may come before the alarm `NoEvents` goes off. Accepted: from 1h to 24h.
   * @default no such alarm
   */
  readonly alarmWhenNoEventsFor?: Duration;
  /**
   * The runbook that the alarms' descriptions link to.
   * @default `docs/runbook.md`
   */
  readonly runbookUrl?: string;
  /**
   * How many days CloudWatch keeps the logs.
   * @default `30`
   */
  readonly logRetention?: RetentionDays;
  /**
   * What happens to table, queues, secrets and logs when the stack is deleted.
   * @default `retain`
   */
  readonly removalPolicy?: RemovalPolicy.RETAIN | RemovalPolicy.DESTROY;
}
