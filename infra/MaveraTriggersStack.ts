import { CfnOutput, Stack } from 'aws-cdk-lib/core';
import type { Construct } from 'constructs';
import { MaveraTriggers, type MaveraTriggersProps } from './constructs/MaveraTriggers.ts';

/**
 * The stack: one {@link MaveraTriggers} and its outputs. It is bound to no account and no region, so that it is
 * synthesized anywhere and deployed wherever the caller's credentials point to.
 */
export class MaveraTriggersStack extends Stack {
  constructor(scope: Construct, props: MaveraTriggersProps) {
    const { environment } = props.settings;
    const stackName = environment === '' ? 'MaveraTriggers' : `MaveraTriggers-${environment}`;
    super(scope, stackName, {
      stackName,
      description: 'Real-time Mavera research, triggered by customer events (mavera-triggers)',
    });
    // "Default" leaves no trace in the logical ids, which the functions' names are made of.
    const pipeline = new MaveraTriggers(this, 'Default', props);
    const { runQueue } = pipeline;
    this.#output(
      'SegmentUrl',
      pipeline.receiver.segmentUrl,
      'Where Segment posts to; add /<route> to tell mappings apart.',
    );
    this.#output('SegmentSecretName', pipeline.segmentSecretName, 'Secret to copy into Segment.');
    this.#output('MaveraSecretName', pipeline.maveraSecretName, 'Secret to put the Mavera API key into.');
    this.#output('ResultsTopicArn', pipeline.resultsTopic.topic.topicArn, 'Topic with the finished runs.');
    this.#output('LedgerTableName', pipeline.ledger.table.tableName, 'Table with claims and runs.');
    this.#output('RunQueueUrl', runQueue.queue.queueUrl, 'Queue with the runs to do.');
    this.#output('DeadLetterQueueUrl', runQueue.deadLetterQueue.queueUrl, 'Queue with the runs that failed.');
    this.#output(
      'ReceiverFunctionName',
      pipeline.receiver.function.functionName,
      'Function that Segment posts to.',
    );
    this.#output('RunnerFunctionName', pipeline.runner.function.functionName, 'Function that calls Mavera.');
  }

  #output(name: string, value: string, description: string): void {
    new CfnOutput(this, name, { value, description });
  }
}
