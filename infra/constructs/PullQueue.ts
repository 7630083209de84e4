import type { IKey } from 'aws-cdk-lib/aws-kms';
import { Queue } from 'aws-cdk-lib/aws-sqs';
import { Duration, type RemovalPolicy, Validations } from 'aws-cdk-lib/core';
import type { Construct } from 'constructs';
import { protectedQueue } from './protectedQueue.ts';

/** Options of {@link PullQueue}. */
export interface PullQueueProps {
  readonly pullerTimeout: Duration;
  readonly removalPolicy: RemovalPolicy;
  /** @default SQS's own keys */
  readonly encryptionKey: IKey | undefined;
}

/** The longest that SQS allows. A step waits for up to 15 minutes, and an occurrence for its deadline. */
const retentionPeriod = Duration.days(14);

/**
 * Deliveries of a step that crashes or whose ledger does not answer. With the visibility timeout they take two hours. What a
 * system answers is not among them: that is tried again by a message of its own.
 */
export const maxReceives = 8;

/** The queue with a message for each step of a pull, and for each start. */
export class PullQueue extends Queue {
  /** Steps and starts that failed. */
  readonly failed: Queue;

  constructor(scope: Construct, id: string, { pullerTimeout, removalPolicy, encryptionKey }: PullQueueProps) {
    const kept = { ...protectedQueue(encryptionKey), retentionPeriod, removalPolicy };
    const failed = new Queue(scope, 'PullDeadLetterQueue', kept);
    super(scope, id, {
      ...kept,
      // A lease of the ledger keeps a second delivery from the work of the first one. So the queue needs no more than this: six
      // times the timeout, as AWS recommends, would hide a step for an hour and a half after a crash.
      visibilityTimeout: pullerTimeout.plus(Duration.minutes(1)),
      deadLetterQueue: { queue: failed, maxReceiveCount: maxReceives },
    });
    this.failed = failed;
    Validations.of(failed).acknowledge({
      id: 'Serverless-SQSRedrivePolicy',
      reason: 'This is the dead-letter queue: operators decide about what is in it.',
    });
  }
}
