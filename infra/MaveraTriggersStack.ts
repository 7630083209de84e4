import { Certificate } from 'aws-cdk-lib/aws-certificatemanager';
import { Key } from 'aws-cdk-lib/aws-kms';
import { Topic } from 'aws-cdk-lib/aws-sns';
import { CfnOutput, Stack } from 'aws-cdk-lib/core';
import type { Construct } from 'constructs';
import type { FunctionCode } from './bundling/bundleFunctions.ts';
import { HttpApiEndpoint } from './constructs/endpoint/HttpApiEndpoint.ts';
import { MaveraTriggers } from './constructs/MaveraTriggers.ts';
import type { MaveraTriggersProps } from './MaveraTriggersProps.ts';
import type { ContextSettings } from './settings/readContext.ts';
import { resolveSettings } from './settings/resolveSettings.ts';

/** Options of {@link MaveraTriggersStack}. */
export interface MaveraTriggersStackProps extends ContextSettings {
  /** @default bundled from the triggers file */
  readonly code?: FunctionCode;
}

/**
 * The stack that `cdk deploy` deploys: one {@link MaveraTriggers} and its outputs. It is bound to no account and no
 * region, so that it is synthesized anywhere and deployed wherever the caller's credentials point to.
 *
 * @throws what {@link MaveraTriggers} throws
 */
export class MaveraTriggersStack extends Stack {
  constructor(scope: Construct, props: MaveraTriggersStackProps) {
    const { environmentName } = resolveSettings(props.settings);
    const stackName = environmentName === '' ? 'MaveraTriggers' : `MaveraTriggers-${environmentName}`;
    super(scope, stackName, {
      stackName,
      description: 'Real-time Mavera research, triggered by customer events (mavera-triggers)',
    });
    // "Default" leaves no trace in the logical ids, which the functions' names are made of.
    this.#outputs(new MaveraTriggers(this, 'Default', this.#propsOf(props)));
  }

  /** The construct parses each value by its schema, whether it comes as text or as what the props are typed as. */
  #propsOf({ settings, arns, code }: MaveraTriggersStackProps): MaveraTriggersProps {
    const { encryptionKeyArn, alarmTopicArn, certificateArn } = arns;
    return {
      ...(settings as MaveraTriggersProps),
      ...(code === undefined ? {} : { code }),
      ...(encryptionKeyArn === undefined
        ? {}
        : { encryptionKey: Key.fromKeyArn(this, 'EncryptionKey', encryptionKeyArn) }),
      ...(alarmTopicArn === undefined
        ? {}
        : { alarmTopic: Topic.fromTopicArn(this, 'AlarmTopic', alarmTopicArn) }),
      ...(certificateArn === undefined
        ? {}
        : { certificate: Certificate.fromCertificateArn(this, 'Certificate', certificateArn) }),
    };
  }

  #outputs(pipeline: MaveraTriggers): void {
    const { receiver, runner, runQueue, endpoint, monitoring } = pipeline;
    this.#output(
      'SegmentUrl',
      endpoint.segmentUrl,
      'Where Segment posts to; add /<route> to tell mappings apart.',
    );
    this.#output('SegmentSecretName', pipeline.segmentSecretName, 'Secret to copy into Segment.');
    this.#output('MaveraSecretName', pipeline.maveraSecretName, 'Secret to put the Mavera API key into.');
    this.#output('ResultsTopicArn', pipeline.resultsTopic.topic.topicArn, 'Topic with the finished runs.');
    this.#output('LedgerTableName', pipeline.ledger.table.tableName, 'Table with claims and runs.');
    this.#output('RunQueueUrl', runQueue.queue.queueUrl, 'Queue with the runs to do.');
    this.#output('DeadLetterQueueUrl', runQueue.deadLetterQueue.queueUrl, 'Queue with the runs that failed.');
    this.#output('ReceiverFunctionName', receiver.function.functionName, 'Function that Segment posts to.');
    this.#output('RunnerFunctionName', runner.function.functionName, 'Function that calls Mavera.');
    if (monitoring !== undefined) {
      this.#output('DashboardName', monitoring.dashboard.dashboardName, 'Dashboard in CloudWatch.');
    }
    if (endpoint instanceof HttpApiEndpoint && endpoint.domainTarget !== undefined) {
      this.#output(
        'DomainTarget',
        endpoint.domainTarget,
        'What the DNS record of domainName has to point to.',
      );
    }
  }

  #output(name: string, value: string, description: string): void {
    new CfnOutput(this, name, { value, description });
  }
}
