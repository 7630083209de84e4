import { Duration } from 'aws-cdk-lib/core';
import { Construct } from 'constructs';
import type { FunctionCode } from '../bundling/bundleFunctions.ts';
import type { Settings } from '../settingsSchema.ts';
import { dataRemovalPolicy } from './dataRemovalPolicy.ts';
import { Ledger } from './Ledger.ts';
import { MaveraSecret } from './MaveraSecret.ts';
import { Receiver } from './Receiver.ts';
import { ResultsTopic } from './ResultsTopic.ts';
import { Runner } from './Runner.ts';
import { RunQueue } from './RunQueue.ts';
import { SegmentSecret } from './SegmentSecret.ts';

/** Options of {@link MaveraTriggers}. */
export interface MaveraTriggersProps {
  readonly settings: Settings;
  /** Directories with the bundles of the functions. */
  readonly code: FunctionCode;
}

/** What the runner has left, after Mavera's answer or silence, to record the outcome. */
const runnerMarginSeconds = 20;

/** The whole pipeline: from the URL that Segment posts to, to the topic with the results. */
export class MaveraTriggers extends Construct {
  readonly segmentSecretName: string;
  readonly maveraSecretName: string;
  readonly ledger: Ledger;
  readonly runQueue: RunQueue;
  readonly resultsTopic: ResultsTopic;
  readonly receiver: Receiver;
  readonly runner: Runner;

  constructor(scope: Construct, id: string, { settings, code }: MaveraTriggersProps) {
    super(scope, id);
    const removalPolicy = dataRemovalPolicy(settings);
    const runnerTimeout = Duration.seconds(settings.maveraTimeoutSeconds + runnerMarginSeconds);
    this.ledger = new Ledger(this, 'Ledger', { removalPolicy });
    this.runQueue = new RunQueue(this, 'RunQueue', { consumerTimeout: runnerTimeout, removalPolicy });
    this.resultsTopic = new ResultsTopic(this, 'Results');

    const secretPath = ['mavera-triggers', settings.environment].filter((part) => part !== '').join('/');
    this.segmentSecretName = `${secretPath}/segment`;
    this.maveraSecretName = `${secretPath}/mavera`;
    const segment = { secretName: this.segmentSecretName, removalPolicy };
    const mavera = { secretName: this.maveraSecretName, removalPolicy };

    const shared = { settings, table: this.ledger.table, runQueue: this.runQueue.queue };
    this.receiver = new Receiver(this, 'Receiver', {
      ...shared,
      codeDirectory: code.receiver,
      segmentSecret: new SegmentSecret(this, 'Segment', segment).secret,
    });
    this.runner = new Runner(this, 'Runner', {
      ...shared,
      codeDirectory: code.runner,
      timeout: runnerTimeout,
      deadLetterQueue: this.runQueue.deadLetterQueue,
      resultsTopic: this.resultsTopic.topic,
      maveraSecretArn: new MaveraSecret(this, 'Mavera', mavera).secretArn,
    });
    // The runner is updated first: it has to know each trigger that the receiver queues runs of.
    this.receiver.node.addDependency(this.runner);
  }
}
