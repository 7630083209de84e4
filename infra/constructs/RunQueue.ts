import { Queue, QueueEncryption } from 'aws-cdk-lib/aws-sqs';
import { Duration, type RemovalPolicy, Validations } from 'aws-cdk-lib/core';
import { Construct } from 'constructs';

/** Options of {@link RunQueue}. */
export interface RunQueueProps {
  /** Timeout of the function that works off the queue. */
  readonly consumerTimeout: Duration;
  readonly removalPolicy: RemovalPolicy;
}

/** SQS's longest: whoever has to look into a failed run has two weeks. */
const retentionPeriod = Duration.days(14);
/** Deliveries that may crash before a run is set aside. Waiting does not count: it sends a new message. */
const maxReceiveCount = 5;

/** The queue with one message per run, and the dead-letter queue with the runs that failed. */
export class RunQueue extends Construct {
  readonly queue: Queue;
  readonly deadLetterQueue: Queue;

  constructor(scope: Construct, id: string, { consumerTimeout, removalPolicy }: RunQueueProps) {
    super(scope, id);
    const shared = {
      encryption: QueueEncryption.SQS_MANAGED,
      // Refuses requests without TLS.
      enforceSSL: true,
      retentionPeriod,
      removalPolicy,
    };
    this.deadLetterQueue = new Queue(this, 'DeadLetters', shared);
    this.queue = new Queue(this, 'Runs', {
      ...shared,
      // Six times the function's timeout, as AWS asks for: Lambda itself retries a throttled delivery, and until it
      // gives up nobody else may see the message.
      visibilityTimeout: Duration.seconds(6 * consumerTimeout.toSeconds()),
      deadLetterQueue: { queue: this.deadLetterQueue, maxReceiveCount },
    });
    Validations.of(this.deadLetterQueue).acknowledge({
      id: 'Serverless-SQSRedrivePolicy',
      reason: 'This is the dead-letter queue: what is in it has reached its end, and people decide about it.',
    });
  }
}
