import { GetQueueAttributesCommand, type SQSClient } from '@aws-sdk/client-sqs';
import { explainAwsError } from './awsProblem.ts';
import { clientOptions } from './clientOptions.ts';

/** Concurrent executions of Lambda. */
export interface Executions {
  /** The quota of the account in the region, for all functions together. */
  readonly quota: number;
  /** The part of the quota that no function has reserved. */
  readonly unreserved: number;
  /** The most runners at once. */
  readonly runners: number;
}

/** Why the executions could not be read, in a sentence. */
export interface UnknownExecutions {
  readonly problem: string;
}

/**
 * Asks Lambda for the account's quota, and for the concurrency of the function that reads the run queue.
 *
 * @returns a problem instead of throwing: the rest of the status does not depend on it
 */
export async function readExecutions(
  sqs: SQSClient,
  runQueueUrl: string,
  region: string,
): Promise<Executions | UnknownExecutions> {
  // The local system does not need it.
  const lambda = await import('@aws-sdk/client-lambda');
  const client = new lambda.LambdaClient({ ...clientOptions, region });
  try {
    const queue = await sqs.send(
      new GetQueueAttributesCommand({ QueueUrl: runQueueUrl, AttributeNames: ['QueueArn'] }),
    );
    const [{ AccountLimit = {} }, { EventSourceMappings = [] }] = await Promise.all([
      client.send(new lambda.GetAccountSettingsCommand({})),
      client.send(
        new lambda.ListEventSourceMappingsCommand({ EventSourceArn: queue.Attributes?.QueueArn ?? '' }),
      ),
    ]);
    const quota = AccountLimit.ConcurrentExecutions ?? 0;
    return {
      quota,
      unreserved: AccountLimit.UnreservedConcurrentExecutions ?? quota,
      runners: EventSourceMappings.reduce(
        (sum, { ScalingConfig }) => sum + (ScalingConfig?.MaximumConcurrency ?? 0),
        0,
      ),
    };
  } catch (error) {
    return { problem: explainAwsError(error) ?? String(error) };
  } finally {
    client.destroy();
  }
}
