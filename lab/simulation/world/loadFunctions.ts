import type { SNSClient } from '@aws-sdk/client-sns';
import { createDispatcher } from '../../../functions/dispatch/createDispatcher.ts';
import type { DispatcherDependencies } from '../../../functions/dispatch/dispatcherDependencies.ts';
import type { MaveraCredentials } from '../../../functions/mavera/credentials.ts';
import { createRunner } from '../../../functions/run/createRunner.ts';
import type { RunnerDependencies } from '../../../functions/run/runDependencies.ts';
import { SharedClock } from '../../../functions/run/sharedClock.ts';
import { CachedSecret } from '../../../functions/secrets/cachedSecret.ts';
import type { SimulatedDynamo } from '../../../simulators/aws/dynamodb/simulatedDynamo.ts';
import type { SimulatedQueue } from '../../../simulators/aws/sqs/simulatedQueue.ts';
import { simulatedSqs } from '../../../simulators/aws/sqs/simulatedSqs.ts';
import type { Environment } from '../lambda/environment.ts';
import type { SimulatedMavera } from '../mavera/simulatedMavera.ts';
import type { Evidence } from './evidence.ts';
import type { WorldOptions } from './worldOptions.ts';

/** Names of the queues, which are their URLs too. */
export const queueUrls = {
  intake: 'intake',
  bulk: 'bulk',
  ready: 'ready',
  dispatch: 'dispatch',
  deadLetters: 'dead-letters',
} as const;

/** What the functions find outside of themselves. */
export interface Surroundings {
  readonly options: WorldOptions;
  readonly dynamo: SimulatedDynamo;
  readonly mavera: SimulatedMavera;
  readonly queues: ReadonlyMap<string, SimulatedQueue>;
  readonly evidence: Evidence;
  readonly random: () => number;
}

/** The name of the simulated table. */
export const tableName = 'ledger';

const dayMs = 86_400_000;
const everyMs = 15_000;

/** The runner's code in one environment. */
export interface LoadedRunner {
  readonly dependencies: RunnerDependencies;
  readonly clock: SharedClock;
}

/** Puts the real runner together, as its entry does, on simulated clients. */
export function loadRunner(surroundings: Surroundings, environment: Environment): LoadedRunner {
  const { options, dynamo, mavera, queues, evidence, random } = surroundings;
  const clock = new SharedClock(environment.now);
  const sns = { send: () => environment.carry(() => ({})) } as unknown as SNSClient;
  const dependencies = createRunner({
    settings: {
      maxAttempts: 8,
      runRetentionMs: 30 * dayMs,
      runDeadlineMs: 14 * dayMs,
      requestsPerMinute: options.requestsPerMinute,
      maveraTimeoutMs: 120_000,
      overallBudget: options.overallBudget,
    },
    triggers: options.triggers,
    dynamodb: dynamo.client(() => 'runner', environment.carry),
    tableName,
    sqs: simulatedSqs(queues, environment.carry),
    queueUrls,
    sns,
    resultsTopicArn: 'results',
    maveraBaseUrl: '',
    maveraSecret: simulatedSecret(environment, evidence),
    systems: { segmentTracking: { baseUrl: '' } },
    onCall: () => undefined,
    systemClient: () => mavera.client(environment),
    now: clock.now,
    random,
    sleep: environment.sleep,
    onTrouble: (what, error) => evidence.trouble(what, error),
  });
  return { dependencies, clock };
}

/** Puts the real dispatcher together, as its entry does, on simulated clients. */
export function loadDispatcher(surroundings: Surroundings, environment: Environment): DispatcherDependencies {
  const { options, dynamo, queues, evidence } = surroundings;
  return createDispatcher({
    settings: {
      requestsPerMinute: options.requestsPerMinute,
      overallBudget: options.overallBudget,
      everyMs,
    },
    triggers: options.triggers,
    dynamodb: dynamo.client(() => 'dispatcher', environment.carry),
    tableName,
    sqs: simulatedSqs(queues, environment.carry),
    queueUrls,
    dispatchQueueUrl: queueUrls.dispatch,
    maveraSecret: simulatedSecret(environment, evidence),
    now: environment.now,
    onTrouble: (what, error) => evidence.trouble(what, error),
  });
}

function simulatedSecret(environment: Environment, evidence: Evidence): CachedSecret<MaveraCredentials> {
  return new CachedSecret({
    fetch: () => environment.carry(() => ({ apiKey: 'mvra_live_0123456789abcdef0123456789abcdef' })),
    now: environment.now,
    onTrouble: (error) => evidence.trouble('the secret cannot be read', error),
    maxAgeMs: 300_000,
    earlyRefreshEveryMs: 60_000,
    retryEveryMs: 10_000,
  });
}
