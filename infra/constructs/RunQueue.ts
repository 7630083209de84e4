import type { IKey } from 'aws-cdk-lib/aws-kms';
import { Queue } from 'aws-cdk-lib/aws-sqs';
import { Duration, RemovalPolicy, Validations } from 'aws-cdk-lib/core';
import { Construct } from 'constructs';
import { protectedQueue } from './protectedQueue.ts';

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
/**
 * SQS's own limit of deliveries: a last resort. The run's item counts crashes, and dead-letters the run after 5. SQS also
 * counts deliveries that Lambda throttles, each of which takes a visibility timeout (17 minutes by default): with 5, good
 * runs would be dead-lettered after 85 minutes of throttling. With 100 it takes 28 hours.
 */
const maxReceiveCount = 100;

/** The queue with a message for each new run, and the dead-letter queue with the runs that failed. */
export class RunQueue extends Construct {
  readonly queue: Queue;
  readonly deadLetterQueue: Queue;
  readonly #props: RunQueueProps;

  constructor(scope: Construct, id: string, props: RunQueueProps) {
    super(scope, id);
    this.#props = props;
    const { removalPolicy, encryptionKey } = props;
    this.deadLetterQueue = new Queue(this, 'DeadLetters', {
      ...protectedQueue(encryptionKey),
      retentionPeriod,
      removalPolicy,
    });
    this.queue = this.#queueOfRuns(this, 'Runs', removalPolicy);
    Validations.of(this.deadLetterQueue).acknowledge({
      id: 'Serverless-SQSRedrivePolicy',
      reason: 'This is the dead-letter queue: operators decide about what is in it.',
    });
  }

  /**
   * One more queue of runs, with the settings and the dead-letter queue of this one. With `retain` it also stays when the
   * deployment that creates it is rolled back: by then, a new version of the runner may have put runs into it.
   */
  addQueue(scope: Construct, id: string): Queue {
    const { removalPolicy } = this.#props;
    const isKept = removalPolicy !== RemovalPolicy.DESTROY;
    return this.#queueOfRuns(scope, id, isKept ? RemovalPolicy.RETAIN : removalPolicy);
  }

  #queueOfRuns(scope: Construct, id: string, removalPolicy: RemovalPolicy): Queue {
    const { visibilityTimeout, encryptionKey } = this.#props;
    return new Queue(scope, id, {
      ...protectedQueue(encryptionKey),
      retentionPeriod,
      removalPolicy,
      visibilityTimeout,
      deadLetterQueue: { queue: this.deadLetterQueue, maxReceiveCount },
    });
  }
}
