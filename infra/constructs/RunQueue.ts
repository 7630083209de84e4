import type { IKey } from 'aws-cdk-lib/aws-kms';
import { Queue, QueueEncryption } from 'aws-cdk-lib/aws-sqs';
import { Duration, type RemovalPolicy, Validations } from 'aws-cdk-lib/core';
import { Construct } from 'constructs';

/** Options of {@link RunQueue}. */
export interface RunQueueProps {
  /**
   * How long a delivered run stays hidden. AWS recommends at least six times the consumer's timeout: Lambda retries a
   * throttled delivery by itself, and until it stops, nobody else may see the message.
   */
  readonly visibilityTimeout: Duration;
  readonly removalPolicy: RemovalPolicy;
  /** @default SQS's own keys */
  readonly encryptionKey?: IKey | undefined;
}

/** The longest that SQS allows: operators have two weeks to decide about a failed run. */
const retentionPeriod = Duration.days(14);
/** How long SQS uses a data key before it requests a new one. KMS charges for each request. */
const dataKeyReuse = Duration.hours(1);
/**
 * SQS's own limit of deliveries: a last resort. The run's item counts crashes, and dead-letters the run after 5. SQS also
 * counts deliveries that Lambda throttles, each of which takes a visibility timeout (17 minutes by default): with 5, good
 * runs would be dead-lettered after 85 minutes of throttling. With 100 it takes 28 hours.
 */
const maxReceiveCount = 100;

/** The queue with a message for each run, and the dead-letter queue with the runs that failed. */
export class RunQueue extends Construct {
  readonly queue: Queue;
  readonly deadLetterQueue: Queue;

  constructor(scope: Construct, id: string, props: RunQueueProps) {
    super(scope, id);
    const { visibilityTimeout, removalPolicy, encryptionKey } = props;
    const shared = {
      ...(encryptionKey === undefined
        ? { encryption: QueueEncryption.SQS_MANAGED }
        : { encryption: QueueEncryption.KMS, encryptionMasterKey: encryptionKey, dataKeyReuse }),
      // Refuses requests without TLS.
      enforceSSL: true,
      retentionPeriod,
      removalPolicy,
    };
    this.deadLetterQueue = new Queue(this, 'DeadLetters', shared);
    this.queue = new Queue(this, 'Runs', {
      ...shared,
      visibilityTimeout,
      deadLetterQueue: { queue: this.deadLetterQueue, maxReceiveCount },
    });
    Validations.of(this.deadLetterQueue).acknowledge({
      id: 'Serverless-SQSRedrivePolicy',
      reason: 'This is the dead-letter queue: operators decide about what is in it.',
    });
  }
}
