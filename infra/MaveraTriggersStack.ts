import { Certificate } from 'aws-cdk-lib/aws-certificatemanager';
import { Key } from 'aws-cdk-lib/aws-kms';
import { Topic } from 'aws-cdk-lib/aws-sns';
import { type App, CfnOutput, Stack } from 'aws-cdk-lib/core';
import type { Construct } from 'constructs';
import type { FunctionCode } from './bundling/bundleFunctions.ts';
import { HttpApiEndpoint } from './constructs/endpoint/HttpApiEndpoint.ts';
import { MaveraTriggers } from './constructs/MaveraTriggers.ts';
import type { MaveraTriggersProps } from './MaveraTriggersProps.ts';
import { type ContextSettings, readContext } from './settings/readContext.ts';
import { resolveSettings } from './settings/resolveSettings.ts';

/** Options of {@link MaveraTriggersStack}. */
export interface MaveraTriggersStackProps extends ContextSettings {
  /** @default bundled from the triggers file */
  readonly code?: FunctionCode;
}

/**
 * The stack that `cdk deploy` deploys: one {@link MaveraTriggers} and its outputs. It names no account and no region: it
 * can be synthesized anywhere, and is deployed where the caller's credentials point to.
 *
 * @throws what {@link MaveraTriggers} throws
 */
export class MaveraTriggersStack extends Stack {
  /**
   * Makes the stack of the settings in the app's context: those of cdk.json, and of `cdk deploy -c name=value`.
   *
   * @throws what the constructor throws, and SettingsError for a setting that does not exist
   * @example
   * MaveraTriggersStack.fromContext(new App());
   */
  static fromContext(app: App): MaveraTriggersStack {
    return new MaveraTriggersStack(app, readContext(app.node.getAllContext()));
  }

  constructor(scope: Construct, props: MaveraTriggersStackProps) {
    const { environmentName } = resolveSettings(props.settings);
    const stackName = environmentName === '' ? 'MaveraTriggers' : `MaveraTriggers-${environmentName}`;
    super(scope, stackName, {
      stackName,
      description: 'Real-time Mavera research, triggered by customer events (mavera-triggers)',
    });
    // The id "Default" is not part of the logical ids, from which the functions' names are made.
    this.#outputs(new MaveraTriggers(this, 'Default', this.#propsOf(props)));
  }

  /** The cast is safe because the construct parses each value by the schema, which also accepts strings. */
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
      'Where Segment posts to. Add /<route> to separate mappings.',
    );
    this.#output('SegmentSecretName', pipeline.segmentSecretName, 'Secret to copy to Segment.');
    this.#output('MaveraSecretName', pipeline.maveraSecretName, 'Secret that the Mavera API key belongs in.');
    for (const [name, arn] of pipeline.secretArns) {
      this.#output(`${name}SecretArn`, arn, 'Secret that a trigger needs.');
    }
    this.#output(
      'ResultsTopicArn',
      pipeline.resultsTopic.topic.topicArn,
      'Topic with the results of finished runs.',
    );
    this.#output('LedgerTableName', pipeline.ledger.table.tableName, 'Table with claims and runs.');
    this.#output('RunQueueUrl', runQueue.queue.queueUrl, 'Queue with new runs.');
    this.#output(
      'BulkQueueUrl',
      pipeline.bulkQueue.queueUrl,
      "Queue with new runs beyond a trigger's share.",
    );
    this.#output('ReadyQueueUrl', pipeline.readyQueue.queueUrl, 'Queue with the runs that have a slot.');
    this.#output('DeadLetterQueueUrl', runQueue.deadLetterQueue.queueUrl, 'Queue with the runs that failed.');
    this.#output('ReceiverFunctionName', receiver.function.functionName, 'Function that Segment posts to.');
    this.#output(
      'ReceiverLogGroupName',
      receiver.logGroup.logGroupName,
      'Log group with a line for each request.',
    );
    this.#output('RunnerFunctionName', runner.function.functionName, 'Function that calls Mavera.');
    this.#output('RunnerLogGroupName', runner.logGroup.logGroupName, 'Log group with the records of calls.');
    this.#output(
      'DispatcherFunctionName',
      pipeline.dispatcher.function.functionName,
      'Function that gives parked runs their slots.',
    );
    this.#pullOutputs(pipeline);
    if (monitoring !== undefined) {
      this.#output('DashboardName', monitoring.dashboard.dashboardName, 'Dashboard in CloudWatch.');
    }
    if (endpoint instanceof HttpApiEndpoint && endpoint.domainTarget !== undefined) {
      this.#output(
        'DomainTarget',
        endpoint.domainTarget,
        'Where the DNS record of domainName must point to.',
      );
    }
  }

  #pullOutputs({ puller }: MaveraTriggers): void {
    if (puller === undefined) {
      return;
    }
    this.#output('PullQueueUrl', puller.queue.queueUrl, 'Queue with the starts and steps of pulls.');
    this.#output(
      'PullDeadLetterQueueUrl',
      puller.queue.failed.queueUrl,
      'Queue with the starts and steps that failed.',
    );
    this.#output(
      'PullerFunctionName',
      puller.function.functionName,
      'Function that takes the steps of pulls.',
    );
    this.#output('PullerLogGroupName', puller.logGroup.logGroupName, 'Log group with what pulls say.');
    this.#output('Pulls', JSON.stringify(Object.fromEntries(puller.startTimes)), 'When each pull starts.');
  }

  #output(name: string, value: string, description: string): void {
    new CfnOutput(this, name, { value, description });
  }
}
