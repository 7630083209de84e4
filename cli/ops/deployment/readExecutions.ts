import type { LambdaClient } from '@aws-sdk/client-lambda';
import { GetQueueAttributesCommand, type SQSClient } from '@aws-sdk/client-sqs';
import { explainAwsError } from './awsProblem.ts';
import { clientOptions } from './clientOptions.ts';
import type { StackOutputs } from './stackOutputs.ts';

/** Concurrent executions of Lambda. */
export interface Executions {
  /** The quota of the account in the region, for all functions together. */
  readonly quota: number;
  /** The part of the quota that no function has reserved. */
  readonly unreserved: number;
  /** The most runs that are worked on at once. */
  readonly runners: number;
  /** The most batches of new runs that are admitted at once. */
  readonly admissions: number;
  /** The most steps of pulls that are taken at once; 0 if no trigger pulls. */
  readonly pullers: number;
}

/** Where functions get their work from: new runs, new ones in bulk, those that are ready, and steps of pulls. */
export type QueuesOfWork = Pick<
  StackOutputs,
  'region' | 'runQueueUrl' | 'bulkQueueUrl' | 'readyQueueUrl' | 'pullQueueUrl'
>;

/** Why the executions could not be read, in a sentence. */
export interface UnknownExecutions {
  readonly problem: string;
}

/**
 * Asks Lambda for the account's quota, and for the concurrency of the mappings of the queues.
 *
 * @returns a problem instead of throwing: the rest of the status does not depend on it
 */
export async function readExecutions(
  sqs: SQSClient,
  { region, runQueueUrl, bulkQueueUrl, readyQueueUrl, pullQueueUrl }: QueuesOfWork,
): Promise<Executions | UnknownExecutions> {
  // The local system does not need it.
  const { GetAccountSettingsCommand, LambdaClient } = await import('@aws-sdk/client-lambda');
  const lambda = new LambdaClient({ ...clientOptions, region });
  const concurrencyOf = async (queueUrl: string | undefined): Promise<number> =>
    queueUrl === undefined ? 0 : await readConcurrency(lambda, await readQueueArn(sqs, queueUrl));
  try {
    const [{ AccountLimit = {} }, intake, bulk, ready, pullers] = await Promise.all([
      lambda.send(new GetAccountSettingsCommand({})),
      concurrencyOf(runQueueUrl),
      concurrencyOf(bulkQueueUrl),
      concurrencyOf(readyQueueUrl),
      concurrencyOf(pullQueueUrl),
    ]);
    const quota = AccountLimit.ConcurrentExecutions ?? 0;
    const unreserved = AccountLimit.UnreservedConcurrentExecutions ?? quota;
    // A stack of an earlier release does the work of all runs from the run queue.
    const uses =
      readyQueueUrl === undefined
        ? { runners: intake, admissions: 0 }
        : { runners: ready, admissions: intake + bulk };
    return { quota, unreserved, ...uses, pullers };
  } catch (error) {
    return { problem: explainAwsError(error) ?? String(error) };
  } finally {
    lambda.destroy();
  }
}

async function readQueueArn(sqs: SQSClient, queueUrl: string): Promise<string> {
  const { Attributes: attributes } = await sqs.send(
    new GetQueueAttributesCommand({ QueueUrl: queueUrl, AttributeNames: ['QueueArn'] }),
  );
  return attributes?.QueueArn ?? '';
}

/** The most invocations at once for the messages of a queue. */
async function readConcurrency(lambda: LambdaClient, queueArn: string): Promise<number> {
  const { ListEventSourceMappingsCommand } = await import('@aws-sdk/client-lambda');
  const { EventSourceMappings: mappings = [] } = await lambda.send(
    new ListEventSourceMappingsCommand({ EventSourceArn: queueArn }),
  );
  return mappings.reduce((sum, { ScalingConfig }) => sum + (ScalingConfig?.MaximumConcurrency ?? 0), 0);
}
