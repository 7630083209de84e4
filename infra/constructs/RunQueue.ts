import type { IKey } from 'aws-cdk-lib/aws-kms';
import { Queue, QueueEncryption } from 'aws-cdk-lib/aws-sqs';
import { Duration, type RemovalPolicy, Validations } from 'aws-cdk-lib/core';
import { Construct } from 'constructs';

/** Options of {@link RunQueue}. */
export interface RunQueueProps {
  /**
   * How long a delivered run stays hidden: at least six times the consumer's timeout, as AWS asks for. Lambda itself
   * retries a throttled delivery, and until it gives up nobody else may see the message.
   */
  readonly visibilityTimeout: Duration;
  readonly removalPolicy: RemovalPolicy;
  /** @default SQS's own keys */
  readonly encryptionKey?: IKey | undefined;
}

/** SQS's longest: whoever has to look into a failed run has two weeks. */
const retentionPeriod = Duration.days(14);
/** How long SQS uses a data key before it asks KMS, which charges for each, for a new one. */
const dataKeyReuse = Duration.hours(1);
/** Deliveries that may crash before a run is set aside. Waiting does not count: it sends a new message. */
const maxReceiveCount = 5;

/** The queue with one message per run, and the dead-letter queue with the runs that failed. */
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
      reason: 'This is the dead-letter queue: what is in it has reached its end, and people decide about it.',
    });
  }
}
