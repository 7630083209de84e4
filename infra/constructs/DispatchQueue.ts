import type { IKey } from 'aws-cdk-lib/aws-kms';
import { Queue } from 'aws-cdk-lib/aws-sqs';
import { Duration, RemovalPolicy, Validations } from 'aws-cdk-lib/core';
import type { Construct } from 'constructs';
import { protectedQueue } from './protectedQueue.ts';

/** Options of {@link DispatchQueue}. */
export interface DispatchQueueProps {
  readonly dispatcherTimeout: Duration;
  /** @default SQS's own keys */
  readonly encryptionKey?: IKey | undefined;
}

/**
 * The queue with which the dispatcher starts itself again after some seconds. Its messages hold nothing. One that is lost
 * is made up for by the schedule within a minute, so the queue has no dead-letter queue and is not kept with the stack.
 */
export class DispatchQueue extends Queue {
  constructor(scope: Construct, id: string, { dispatcherTimeout, encryptionKey }: DispatchQueueProps) {
    super(scope, id, {
      ...protectedQueue(encryptionKey),
      // AWS recommends at least six times the timeout of the consumer.
      visibilityTimeout: Duration.seconds(6 * dispatcherTimeout.toSeconds()),
      // Shorter than the visibility timeout: a message whose pass failed is gone before it could be delivered again.
      retentionPeriod: Duration.seconds(5 * dispatcherTimeout.toSeconds()),
      removalPolicy: RemovalPolicy.DESTROY,
    });
    const reason =
      'Its messages hold nothing and live for five minutes. If one is lost, the schedule starts the dispatcher within a minute.';
    Validations.of(this).acknowledge(
      { id: 'AwsSolutions-SQS3', reason },
      { id: 'Serverless-SQSRedrivePolicy', reason },
    );
  }
}
