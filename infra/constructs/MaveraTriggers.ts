import { resolve } from 'node:path';
import type { ICertificate } from 'aws-cdk-lib/aws-certificatemanager';
import type { ITable } from 'aws-cdk-lib/aws-dynamodb';
import type { ITopic } from 'aws-cdk-lib/aws-sns';
import type { Queue } from 'aws-cdk-lib/aws-sqs';
import { Names, Stage } from 'aws-cdk-lib/core';
import { Construct } from 'constructs';
import { pullOf, type TriggerPull } from '../../functions/pulls/pullOf.ts';
import type { SourceName } from '../../functions/sources/source.ts';
import { sourcesOf } from '../../functions/triggers/sourcesOf.ts';
import { bundleFunctions, type FunctionCode } from '../bundling/bundleFunctions.ts';
import { loadAccess } from '../bundling/loadAccess.ts';
import { loadTriggers } from '../bundling/loadTriggers.ts';
import type { MaveraTriggersProps } from '../MaveraTriggersProps.ts';
import { Monitoring } from '../monitoring/Monitoring.ts';
import type { MonitoredPull } from '../monitoring/MonitoringProps.ts';
import { acceptedRoutes } from '../settings/acceptedRoutes.ts';
import { checkTriggers } from '../settings/checkTriggers.ts';
import { systemsOfPulls, systemsOfRuns } from '../settings/neededSystems.ts';
import { resolveSettings } from '../settings/resolveSettings.ts';
import type { Settings } from '../settings/settings.ts';
import { SettingsError } from '../settings/settingsError.ts';
import { serviceNameOf } from './commonEnvironment.ts';
import { Dispatcher, dispatcherMemoryMb } from './Dispatcher.ts';
import { dataRemovalPolicy } from './dataRemovalPolicy.ts';
import type { Endpoint } from './endpoint/endpoint.ts';
import { FunctionUrlEndpoint } from './endpoint/FunctionUrlEndpoint.ts';
import { checkFunctionUrlRegion } from './endpoint/functionUrlRegions.ts';
import { HttpApiEndpoint } from './endpoint/HttpApiEndpoint.ts';
import { Forgetter } from './Forgetter.ts';
import { GradualRelease } from './GradualRelease.ts';
import { Ledger } from './Ledger.ts';
import { Puller } from './Puller.ts';
import { Receiver } from './Receiver.ts';
import { ResultsTopic } from './ResultsTopic.ts';
import { Runner } from './Runner.ts';
import { RunQueue } from './RunQueue.ts';
import { createSecrets, secretsOf } from './secrets/createSecrets.ts';

/** Props that are resources, and need a setting beside them. */
interface Resources {
  readonly alarmTopic: ITopic | undefined;
  readonly certificate: ICertificate | undefined;
}

/**
 * The whole pipeline, from the URL that Segment posts to, to the topic with the results, with dashboard and alarms. Each
 * part is a property, and holds the resource of the construct library, which the app can use and change.
 *
 * @throws SettingsError for props that would lose events, do work twice or exceed a budget
 * @throws TriggersFileError or CompileError for a triggers or access file that cannot be used
 * @example
 * new MaveraTriggers(stack, 'Mavera', { triggersFile: 'triggers.ts', maveraTier: 'professional', alarmTopic });
 */
export class MaveraTriggers extends Construct {
  readonly settings: Settings;
  readonly segmentSecretName: string;
  readonly maveraSecretName: string;
  /** The ARNs of the secrets that triggers need beside these two, such as `SendGrid` or `SegOpsApi`. */
  readonly secretArns: ReadonlyMap<string, string>;
  readonly ledger: Ledger;
  /** The queue of new runs, and the dead-letter queue. */
  readonly runQueue: RunQueue;
  /** New runs beyond a trigger's share. */
  readonly bulkQueue: Queue;
  /** Runs with a slot, and others that must not wait behind new runs. */
  readonly readyQueue: Queue;
  readonly resultsTopic: ResultsTopic;
  readonly receiver: Receiver;
  readonly runner: Runner;
  readonly dispatcher: Dispatcher;
  /** `undefined` without `honourDeletes`. */
  readonly forgetter: Forgetter | undefined;
  /** `undefined` if no trigger has a pull. */
  readonly puller: Puller | undefined;
  readonly endpoint: Endpoint;
  /** `undefined` with `monitoring: false`. */
  readonly monitoring: Monitoring | undefined;

  constructor(scope: Construct, id: string, props: MaveraTriggersProps = {}) {
    super(scope, id);
    const { code, alarmTopic, certificate, encryptionKey, ...given } = props;
    this.settings = resolveSettings(given);
    checkResources({ alarmTopic, certificate }, this.settings);
    if (this.settings.endpoint === 'function-url') {
      checkFunctionUrlRegion(this);
    }
    const triggers = loadTriggers(this.settings.triggersFile);
    checkTriggers(triggers, this.settings, loadAccess(this.settings.triggersFile));
    const openSources = sourcesOf(triggers);
    const pulls = triggers.flatMap((trigger) => pullOf(trigger) ?? []);
    const { receiver, runner, dispatcher, forgetter, puller } = code ?? this.#bundle(openSources, pulls);
    const { settings } = this;
    const removalPolicy = dataRemovalPolicy(settings);
    const kept = { removalPolicy, encryptionKey };

    this.ledger = new Ledger(this, 'Ledger', kept);
    const visibilityTimeout = settings.runQueueVisibilityTimeout;
    this.runQueue = new RunQueue(this, 'RunQueue', { visibilityTimeout, ...kept });
    this.bulkQueue = this.runQueue.addQueue(this, 'BulkQueue');
    this.readyQueue = this.runQueue.addQueue(this, 'ReadyQueue');
    this.resultsTopic = new ResultsTopic(this, 'Results', encryptionKey);
    const secrets = createSecrets(this, {
      path: ['mavera-triggers', settings.environmentName].filter((part) => part !== '').join('/'),
      openSources,
      neededSystems: new Set([...systemsOfRuns(triggers), ...systemsOfPulls(triggers)]),
      ...kept,
    });
    const { maveraArn: maveraSecretArn } = secrets;
    this.segmentSecretName = secrets.segmentName;
    this.maveraSecretName = secrets.maveraName;
    this.secretArns = secrets.optionalArns;

    const serviceName = serviceNameOf(settings.environmentName);
    const shared = {
      settings,
      serviceName,
      table: this.ledger.table,
      runQueue: this.runQueue.queue,
      ...kept,
    };
    this.receiver = new Receiver(this, 'Receiver', {
      ...shared,
      codeDirectory: receiver,
      bulkQueue: this.bulkQueue,
      routes: acceptedRoutes(triggers, settings.routes),
      secretArns: secrets.ofSources,
    });
    this.runner = new Runner(this, 'Runner', {
      ...shared,
      codeDirectory: runner,
      bulkQueue: this.bulkQueue,
      readyQueue: this.readyQueue,
      deadLetterQueue: this.runQueue.deadLetterQueue,
      resultsTopic: this.resultsTopic.topic,
      maveraSecretArn,
      secretArns: secretsOf(systemsOfRuns(triggers), secrets.ofSystems),
    });
    this.dispatcher = new Dispatcher(this, 'Dispatcher', {
      ...shared,
      codeDirectory: dispatcher,
      readyQueue: this.readyQueue,
      maveraSecretArn,
    });
    this.forgetter = this.settings.honourDeletes
      ? new Forgetter(this, 'Forgetter', {
          ...shared,
          codeDirectory: codeOf(forgetter, 'honourDeletes is true', 'forgetter'),
        })
      : undefined;
    this.puller =
      pulls.length === 0
        ? undefined
        : new Puller(this, 'Puller', {
            ...shared,
            codeDirectory: codeOf(puller, 'a trigger pulls', 'puller'),
            pulls,
            bulkQueue: this.bulkQueue,
            resultsTopic: this.resultsTopic.topic,
            secretArns: secretsOf(systemsOfPulls(triggers), secrets.ofSystems),
          });
    // The runner is released first, because it must know whatever the others send it: all triggers, all parked runs.
    this.dispatcher.node.addDependency(this.runner);
    this.receiver.node.addDependency(this.dispatcher);
    if (this.puller !== undefined) {
      this.puller.node.addDependency(this.dispatcher);
      this.receiver.node.addDependency(this.puller);
    }
    this.endpoint = this.#open(certificate);
    this.monitoring = settings.monitoring ? this.#monitor(serviceName, openSources, alarmTopic) : undefined;
    if (this.monitoring !== undefined && settings.gradualReleases) {
      const { receiverAlarms, runnerAlarms, dispatcherAlarms } = this.monitoring;
      new GradualRelease(this, 'RunnerRelease', { alias: this.runner.live, alarms: runnerAlarms });
      new GradualRelease(this, 'DispatcherRelease', {
        alias: this.dispatcher.live,
        alarms: dispatcherAlarms,
      });
      new GradualRelease(this, 'ReceiverRelease', { alias: this.receiver.live, alarms: receiverAlarms });
      // One of them compares the new version with the one before: it must know the new one before it gets requests.
      this.receiver.live.node.addDependency(...receiverAlarms);
    }
  }

  /** Bundles the functions into the cloud assembly, where the construct library finds them as assets. */
  #bundle(sources: ReadonlySet<SourceName>, pulls: readonly TriggerPull[]): FunctionCode {
    return bundleFunctions(Stage.of(this)?.outdir ?? 'cdk.out', {
      id: Names.uniqueResourceName(this, { separator: '-' }),
      triggersFile: resolve(this.settings.triggersFile),
      withForgetter: this.settings.honourDeletes,
      pulls,
      sources,
    });
  }

  #open(certificate: ICertificate | undefined): Endpoint {
    const { settings, receiver } = this;
    if (settings.endpoint === 'function-url') {
      return new FunctionUrlEndpoint(
        this,
        'Endpoint',
        receiver.live,
        serviceNameOf(settings.environmentName),
      );
    }
    const { domainName } = settings;
    return new HttpApiEndpoint(this, 'Endpoint', {
      receiver: receiver.live,
      rateLimit: settings.httpApiRateLimit,
      burstLimit: settings.httpApiBurstLimit,
      logRetentionDays: settings.logRetention,
      removalPolicy: dataRemovalPolicy(settings),
      ...(domainName === undefined || certificate === undefined
        ? {}
        : { domain: { name: domainName, certificate } }),
    });
  }

  #monitor(
    serviceName: string,
    sources: ReadonlySet<SourceName>,
    alarmTopic: ITopic | undefined,
  ): Monitoring {
    const { settings, receiver, runner, dispatcher, runQueue } = this;
    const monitoring = new Monitoring(this, 'Monitoring', {
      serviceName,
      sources,
      receiver: receiver.function,
      receiverVersion: receiver.function.currentVersion.version,
      runner: runner.function,
      dispatcher: dispatcher.function,
      forgetter: this.forgetter?.function,
      receiverLogGroup: receiver.logGroup,
      runnerLogGroup: runner.logGroup,
      dispatcherLogGroup: dispatcher.logGroup,
      receiverMemoryMb: settings.receiverMemoryMb,
      runnerMemoryMb: settings.runnerMemoryMb,
      dispatcherMemoryMb,
      endpointLatencyP99: this.endpoint.latency('p99'),
      endpointLatencyP50: this.endpoint.latency('p50'),
      // The cast is for TypeScript's exactOptionalPropertyTypes.
      table: this.ledger.table as ITable,
      runQueue: runQueue.queue,
      bulkQueue: this.bulkQueue,
      readyQueue: this.readyQueue,
      dispatchQueue: dispatcher.queue,
      deadLetterQueue: runQueue.deadLetterQueue,
      requestsPerMinute: settings.maveraRequestsPerMinute,
      budgetCredits: settings.budgetCredits,
      monthlyCredits: settings.maveraMonthlyCredits,
      runDeadline: settings.runDeadline,
      visibilityTimeout: settings.runQueueVisibilityTimeout,
      alarmTopic,
      alarmWhenNoEventsFor: settings.alarmWhenNoEventsFor,
      runbookUrl: settings.runbookUrl,
      ...(this.puller === undefined ? {} : { pull: monitoredPull(this.puller, settings) }),
    });
    // Missing data means that the dispatcher does not work. So the alarm begins when there is something to watch.
    monitoring.alarms.get('DispatcherNotFinished')?.node.addDependency(dispatcher);
    return monitoring;
  }
}

function codeOf(directory: string | undefined, why: string, name: string): string {
  if (directory === undefined) {
    throw new SettingsError(
      `The prop \`code\` has no ${name}, and ${why}: give its directory, or leave \`code\` out.`,
    );
  }
  return directory;
}

function monitoredPull(
  { function: puller, logGroup, queue, scheduleGroup }: Puller,
  { pullerMemoryMb: memoryMb }: Settings,
): MonitoredPull {
  return { puller, logGroup, queue, deadLetterQueue: queue.failed, scheduleGroup, memoryMb };
}

function checkResources({ alarmTopic, certificate }: Resources, settings: Settings): void {
  const { domainName, monitoring } = settings;
  if (domainName !== undefined && certificate === undefined) {
    throw new SettingsError(
      `Setting domainName is ${domainName}, but its certificate is missing: give certificateArn (in a construct: certificate).`,
    );
  }
  if (domainName === undefined && certificate !== undefined) {
    throw new SettingsError('A certificate is given without its domain: give domainName as well.');
  }
  if (alarmTopic !== undefined && !monitoring) {
    throw new SettingsError(
      'An alarm topic is given, but monitoring is false and makes no alarms: remove one of the two.',
    );
  }
}
