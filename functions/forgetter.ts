import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import type { Context } from 'aws-lambda';
import * as z from 'zod/mini';
import triggers from '#triggers';
import { clientConfig } from './aws/clientConfig.ts';
import { renewConnections } from './aws/connections.ts';
import { parseEnvironment, required } from './environment/parseEnvironment.ts';
import { workOffRequests } from './forget/workOffRequests.ts';
import { LedgerTable } from './ledger/ledgerTable.ts';
import { functionLog } from './observability/functionLog.ts';

const environment = parseEnvironment(z.object({ LEDGER_TABLE_NAME: required }), process.env);
const log = functionLog();
// A page of a scan is 1 MB. All attempts together end within the reserve.
const table = new LedgerTable(new DynamoDBClient(clientConfig(5_000, 4)), environment.LEDGER_TABLE_NAME);

/** The time that is left for the last call and the log when the work stops. */
const reserveMs = 30_000;

/**
 * Works off the requests to forget a user that the receiver has recorded. A schedule invokes it once a day. Two at the
 * same time do no harm: each change deletes an item, or has a condition.
 *
 * @throws what the AWS SDK throws when the ledger does not answer; Lambda tries again, and the requests are still there
 */
export async function handler(_event: unknown, context: Context): Promise<void> {
  renewConnections(Date.now());
  log.begin(context.awsRequestId);
  const { forgotten, kept, isFinished, itemsRead, removed } = await workOffRequests(table, {
    triggers,
    nowMs: Date.now(),
    hasTime: () => context.getRemainingTimeInMillis() > reserveMs,
  });
  log.info(
    'forget',
    { forgotten, kept, isFinished, itemsRead, removed },
    { values: { UsersForgotten: forgotten, ForgetsWaiting: kept, ForgetsUnfinished: isFinished ? 0 : 1 } },
  );
}
