import type { KeyObject } from 'node:crypto';
import type { CallRecord } from '../../functions/access/callRecord.ts';
import type { Grants } from '../../functions/access/grants.ts';
import { createDispatcher } from '../../functions/dispatch/createDispatcher.ts';
import type { DispatcherDependencies } from '../../functions/dispatch/dispatcherDependencies.ts';
import type { MaveraCredentials } from '../../functions/mavera/credentials.ts';
import type { PullReport } from '../../functions/pull/pullDependencies.ts';
import { openLedgerAndQueue } from '../../functions/receive/ledgerAndQueue.ts';
import { type OpenSource, openSource } from '../../functions/receive/openSource.ts';
import type { ReceiverDependencies } from '../../functions/receive/receiverDependencies.ts';
import { createRunner } from '../../functions/run/createRunner.ts';
import type { OverallBudget } from '../../functions/run/gates/budgetGate.ts';
import type { RunnerDependencies } from '../../functions/run/runDependencies.ts';
import { CachedSecret } from '../../functions/secrets/cachedSecret.ts';
import { createSource as createSegment } from '../../functions/sources/segment/source.ts';
import { createSource as createSegOps } from '../../functions/sources/segops/source.ts';
import { createSource as createSendGrid } from '../../functions/sources/sendgrid/source.ts';
import type { Source, SourceName } from '../../functions/sources/source.ts';
import { SystemClient, type SystemClientOptions } from '../../functions/systems/systemClient.ts';
import type { SystemOptions } from '../../functions/systems/systemOptions.ts';
import { compileTriggers } from '../../functions/triggers/matchTriggers.ts';
import { sourcesOf } from '../../functions/triggers/sourcesOf.ts';
import type { Trigger } from '../../functions/triggers/trigger.ts';
import type { SimulatedTime } from '../../simulators/time/simulatedTime.ts';
import type { Wire } from '../wire/wire.ts';
import { deadLetterQueue, dispatchQueue, type MemoryAws } from './memoryAws.ts';
import type { TrialSecrets } from './trialSecrets.ts';

/** What the functions of a trial are put together from. */
export interface Surroundings {
  readonly triggers: readonly Trigger[];
  readonly grants: Grants | undefined;
  readonly time: SimulatedTime;
  readonly aws: MemoryAws;
  readonly wire: Wire;
  readonly secrets: TrialSecrets;
  /** The space of lookups that name none. */
  readonly profileSpace: string;
  readonly overallBudget: OverallBudget | undefined;
  readonly requestsPerMinute: number;
  readonly onTrouble: (what: string, error: unknown) => void;
  readonly onPull: (report: PullReport) => void;
  readonly onCall: (record: CallRecord) => void;
}

/** The name of the ledger's table. */
export const tableName = 'ledger';

const dayMs = 86_400_000;

/** The settings of a deployment that sets none, from docs/settings.md. */
export const defaults = {
  maxBodyBytes: 5_242_880,
  dedupeWindowMs: 7 * dayMs,
  runDeadlineMs: 4 * dayMs,
  runRetentionMs: 30 * dayMs,
  pullDeadlineMs: dayMs,
  maveraTimeoutMs: 150_000,
  maxAttempts: 8,
  dispatchEveryMs: 15_000,
} as const;

/** Stands for chance: pauses have their average length, so that each trial is the same. */
export const average = (): number => 0.5;

/** How long one invocation of the runner may take. */
export const runnerMs = defaults.maveraTimeoutMs + 20_000;

/** Puts the receiver together, as its entry does. */
export function loadReceiver(around: Surroundings): ReceiverDependencies {
  const { time, aws, onTrouble } = around;
  const stores = openLedgerAndQueue(
    {
      tableName,
      queueUrls: { intake: 'intake', bulk: 'bulk' },
      onLedgerTrouble: (error) => onTrouble('the ledger failed', error),
      onQueueTrouble: (error) => onTrouble('the queue failed', error),
    },
    aws,
  );
  return {
    settings: { ...defaults, acceptReplays: false },
    answerWithinMs: 4_000,
    sources: new Map([...sourcesOf(around.triggers)].map((name) => [name, openByName(name, around)])),
    ledgerAndQueue: async () => stores,
    now: time.now,
    random: average,
    sleep: sleepOf(time),
  };
}

function openByName(name: SourceName, { secrets, triggers, time }: Surroundings): OpenSource {
  const open = <Credentials>(source: Source<Credentials>, credentials: Credentials): OpenSource =>
    openSource(source, secretOf(credentials, time), compileTriggers(triggers, name));
  switch (name) {
    case 'segment': {
      const credentials = { sharedSecret: [secrets.sharedSecret], bearerToken: [] };
      return open(createSegment({ allowFirstEventSignature: false }), credentials);
    }
    case 'sendgrid': {
      const { publicKey, addressKey } = secrets.sendgrid;
      return open(createSendGrid({ userIdArgument: 'user_id' }), {
        publicKey: [publicKey as KeyObject],
        addressKey,
      });
    }
    case 'segops':
      return open(createSegOps(), { webhookSecret: [secrets.segopsSecret] });
  }
}

/** Puts the runner together, as its entry does. */
export function loadRunner(around: Surroundings): RunnerDependencies {
  const { time, aws, triggers, grants } = around;
  return createRunner({
    settings: {
      ...defaults,
      requestsPerMinute: around.requestsPerMinute,
      overallBudget: around.overallBudget,
    },
    triggers,
    grants,
    dynamodb: aws.dynamodb,
    tableName,
    sqs: aws.sqs,
    queueUrls: { intake: 'intake', bulk: 'bulk', ready: 'ready', deadLetters: deadLetterQueue },
    sns: aws.sns,
    resultsTopicArn: 'results',
    maveraBaseUrl: 'https://app.mavera.io/api/v1',
    maveraSecret: maveraSecret(around),
    systems: systemsOf(around),
    onCall: around.onCall,
    systemClient: clientOn(around),
    now: time.now,
    random: average,
    sleep: sleepOf(time),
    onTrouble: around.onTrouble,
  });
}

/** Puts the dispatcher together, as its entry does. */
export function loadDispatcher(around: Surroundings): DispatcherDependencies {
  const { aws, time, triggers, onTrouble } = around;
  return createDispatcher({
    settings: {
      requestsPerMinute: around.requestsPerMinute,
      overallBudget: around.overallBudget,
      everyMs: defaults.dispatchEveryMs,
    },
    triggers,
    dynamodb: aws.dynamodb,
    tableName,
    sqs: aws.sqs,
    queueUrls: { intake: 'intake', ready: 'ready' },
    dispatchQueueUrl: dispatchQueue,
    maveraSecret: maveraSecret(around),
    now: time.now,
    onTrouble,
  });
}

/** The clock goes on at once: nothing else works while a function does. */
export function sleepOf(time: SimulatedTime): (ms: number) => Promise<void> {
  return (ms) => {
    time.moveTo(time.now() + ms);
    return Promise.resolve();
  };
}

export function clientOn({ wire }: Surroundings): (options: SystemClientOptions) => SystemClient {
  return (options) => new SystemClient({ ...options, fetch: wire.fetchOf(options.system) });
}

export function systemsOf({ time, triggers, profileSpace }: Surroundings): SystemOptions {
  const tokens = new Map([...spacesOf(triggers), profileSpace].map((space) => [space, ['trial-token']]));
  return {
    segmentProfiles: {
      baseUrl: 'https://profiles.segment.com',
      secret: secretOf({ accessTokens: tokens }, time),
      space: profileSpace,
      requestsPerSecond: 1_000_000,
    },
    segment: {
      baseUrl: 'https://api.segmentapis.com',
      secret: secretOf({ token: ['trial-token'] }, time),
    },
    segops: {
      baseUrl: 'https://api.segops.io/api',
      secret: secretOf({ apiKey: ['trial-key'] }, time),
      requestsPerMinute: 1_000_000,
    },
    sendgrid: { baseUrl: 'https://api.sendgrid.com', secret: secretOf({ apiKey: ['trial-key'] }, time) },
    segmentTracking: {
      baseUrl: 'https://api.segment.io/v1',
      secret: secretOf({ writeKey: ['trial-write-key'] }, time),
    },
  };
}

function spacesOf(triggers: readonly Trigger[]): readonly string[] {
  return triggers.flatMap((trigger) => [
    ...Object.values(trigger.with ?? {}).flatMap((lookup) =>
      'space' in lookup && typeof lookup.space === 'string' ? [lookup.space] : [],
    ),
    ...(trigger.from?.spaces ?? []),
  ]);
}

function maveraSecret({ time }: Surroundings): CachedSecret<MaveraCredentials> {
  return secretOf({ apiKey: 'mvra_live_00000000000000000000000000000000' }, time);
}

function secretOf<Value>(value: Value, time: SimulatedTime): CachedSecret<Value> {
  return new CachedSecret({
    fetch: () => Promise.resolve(value),
    now: time.now,
    onTrouble: () => undefined,
    maxAgeMs: 300_000,
    earlyRefreshEveryMs: 60_000,
    retryEveryMs: 10_000,
  });
}
