import { type Alias, EventSourceMapping, type IFunction } from 'aws-cdk-lib/aws-lambda';
import type { Queue } from 'aws-cdk-lib/aws-sqs';
import { Validations } from 'aws-cdk-lib/core';
import type { Construct } from 'constructs';

/** What Lambda needs, under the role of the function, to poll a queue. */
export const poll: readonly string[] = ['sqs:ReceiveMessage', 'sqs:DeleteMessage', 'sqs:GetQueueAttributes'];

/** Options of {@link mapQueue}. */
export interface MapQueueOptions {
  /** What is invoked. Its role must be allowed to poll the queue. */
  readonly target: Alias;
  readonly queue: Queue;
  /** The most messages of an invocation. Lambda invokes at once, and does not wait for a batch to fill. */
  readonly batchSize: number;
  /**
   * The most invocations at the same time. The limit is at the queue. Reserved concurrency would throttle instead: each
   * throttled delivery raises the receive count, until good runs are dead-lettered.
   */
  readonly maxConcurrency: number;
}

/** Lets Lambda invoke a function for the messages of a queue. The function reports each message that failed. */
export function mapQueue(scope: Construct, id: string, options: MapQueueOptions): EventSourceMapping {
  const { target, queue, batchSize, maxConcurrency } = options;
  const mapping = new EventSourceMapping(scope, id, {
    // The cast is for TypeScript's exactOptionalPropertyTypes.
    target: target as IFunction,
    eventSourceArn: queue.queueArn,
    batchSize,
    maxConcurrency,
    reportBatchItemFailures: true,
  });
  Validations.of(mapping).acknowledge({
    id: 'Serverless-LambdaEventSourceMappingDestination',
    reason:
      'Lambda has no failure destination for SQS sources: what is not handled comes back, as the queue says.',
  });
  return mapping;
}
