import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { SQSClient } from '@aws-sdk/client-sqs';
import type { Context } from 'aws-lambda';
import * as z from 'zod/mini';
import triggers from '#triggers';
import { clientConfig } from './aws/clientConfig.ts';
import { renewConnections } from './aws/connections.ts';
import { createDispatcher } from './dispatch/createDispatcher.ts';
import { dispatch } from './dispatch/dispatch.ts';
import { logPass } from './dispatch/logPass.ts';
import { numeric, numericOrZero, parseEnvironment, required } from './environment/parseEnvironment.ts';
import { parseMaveraCredentials } from './mavera/credentials.ts';
import { functionLog } from './observability/functionLog.ts';
import { secretsManagerSecret } from './secrets/secretsManagerSecret.ts';

const environment = parseEnvironment(
  z.object({
    LEDGER_TABLE_NAME: required,
    RUN_QUEUE_URL: required,
    READY_QUEUE_URL: required,
    DISPATCH_QUEUE_URL: required,
    MAVERA_SECRET_ARN: required,
    MAVERA_REQUESTS_PER_MINUTE: numeric,
    BUDGET_CREDITS: numericOrZero,
    BUDGET_PERIOD: z.enum(['day', 'month']),
    DISPATCH_EVERY_SECONDS: numeric,
  }),
  process.env,
);

const now = Date.now;
const log = functionLog();
const config = clientConfig(3_000, 5);
const { BUDGET_CREDITS: credits, BUDGET_PERIOD: per } = environment;

const dispatcher = createDispatcher({
  settings: {
    requestsPerMinute: environment.MAVERA_REQUESTS_PER_MINUTE,
    overallBudget: credits === 0 ? undefined : { credits, per },
    everyMs: environment.DISPATCH_EVERY_SECONDS * 1000,
  },
  triggers,
  dynamodb: new DynamoDBClient(config),
  tableName: environment.LEDGER_TABLE_NAME,
  sqs: new SQSClient(config),
  queueUrls: { intake: environment.RUN_QUEUE_URL, ready: environment.READY_QUEUE_URL },
  dispatchQueueUrl: environment.DISPATCH_QUEUE_URL,
  maveraSecret: secretsManagerSecret({
    secretId: environment.MAVERA_SECRET_ARN,
    parse: parseMaveraCredentials,
    now,
    onTrouble: (error) => log.warn("Mavera's API key cannot be read", error),
  }),
  now,
  onTrouble: (what, error) => log.warn(what, error),
});

/**
 * Makes one pass over the parked runs. A schedule invokes it each minute, and its own message more often while anything is
 * parked. What the event says does not matter. Two at the same time do no harm: one has the lease.
 *
 * @throws what the AWS SDK throws when ledger or queue do not answer; the next start goes on
 */
export async function handler(_event: unknown, context: Context): Promise<void> {
  renewConnections(now());
  log.begin(context.awsRequestId);
  const begunMs = now();
  logPass(log, await dispatch(dispatcher), { begunMs, endedMs: now() });
}
