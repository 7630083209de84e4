import * as z from 'zod';
import type { Endpoints } from '../aws/endpoints.ts';
import { parseProperties } from '../template/parseProperties.ts';
import type { StackFunction } from '../template/stackFunction.ts';

/** The functions' resources, by their names at the servers: for tests and for debugging. */
export interface SystemResources {
  readonly tableName: string;
  readonly runQueueUrl: string;
  readonly bulkQueueUrl: string;
  readonly readyQueueUrl: string;
  readonly deadLetterQueueUrl: string;
  readonly resultsTopicArn: string;
  readonly segmentSecretArn: string;
  readonly maveraSecretArn: string;
}

const receiverSchema = z.object({
  LEDGER_TABLE_NAME: z.string(),
  RUN_QUEUE_URL: z.string(),
  BULK_QUEUE_URL: z.string(),
  SEGMENT_SECRET_ARN: z.string(),
});

const runnerSchema = z.object({
  READY_QUEUE_URL: z.string(),
  DEAD_LETTER_QUEUE_URL: z.string(),
  MAVERA_SECRET_ARN: z.string(),
  RESULTS_TOPIC_ARN: z.string(),
});

/**
 * Reads the names from the functions' environment in the template.
 *
 * @throws {LocalSystemError} when an environment lacks one of them.
 */
export function systemResources(
  receiver: StackFunction,
  runner: StackFunction,
  endpoints: Endpoints,
): SystemResources {
  const { LEDGER_TABLE_NAME, RUN_QUEUE_URL, BULK_QUEUE_URL, SEGMENT_SECRET_ARN } = parseProperties(
    receiverSchema,
    receiver.logicalId,
    receiver.environment,
  );
  const { READY_QUEUE_URL, DEAD_LETTER_QUEUE_URL, MAVERA_SECRET_ARN, RESULTS_TOPIC_ARN } = parseProperties(
    runnerSchema,
    runner.logicalId,
    runner.environment,
  );
  // The URLs in the environment point to the gateway.
  const atServer = (queueUrl: string): string => `${endpoints.sqs}${new URL(queueUrl).pathname}`;
  return {
    tableName: LEDGER_TABLE_NAME,
    runQueueUrl: atServer(RUN_QUEUE_URL),
    bulkQueueUrl: atServer(BULK_QUEUE_URL),
    readyQueueUrl: atServer(READY_QUEUE_URL),
    deadLetterQueueUrl: atServer(DEAD_LETTER_QUEUE_URL),
    resultsTopicArn: RESULTS_TOPIC_ARN,
    segmentSecretArn: SEGMENT_SECRET_ARN,
    maveraSecretArn: MAVERA_SECRET_ARN,
  };
}
