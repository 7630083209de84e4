import { onTestFinished } from 'vitest';
import type { CallRecord } from '../../functions/access/callRecord.ts';
import type { EndedOccurrence as OccurrenceEnd } from '../../functions/ledger/pullCursor.ts';
import { createPuller, type PullerOptions } from '../../functions/pull/createPuller.ts';
import { handleMessage } from '../../functions/pull/handleMessage.ts';
import { openFiles } from '../../functions/pull/rows/openFile.ts';
import { parseRunMessage, type RunMessage } from '../../functions/queue/runMessage.ts';
import { CachedSecret } from '../../functions/secrets/cachedSecret.ts';
import type { Trigger } from '../../functions/triggers/trigger.ts';
import {
  localSpace,
  type ProfilesSimulator,
  startProfilesSimulator,
} from '../../simulators/segment/profiles/profilesSimulator.ts';
import {
  type PublicApiSimulator,
  type PublicApiSimulatorOptions,
  startPublicApiSimulator,
} from '../../simulators/segment/publicApiSimulator.ts';
import { simulatedSecrets } from '../../simulators/segment/simulatedSecrets.ts';
import {
  type SegOpsSimulator,
  type SegOpsSimulatorOptions,
  startSegOpsSimulator,
} from '../../simulators/segops/segOpsSimulator.ts';
import {
  type SendGridSimulator,
  type SendGridSimulatorOptions,
  startSendGridSimulator,
} from '../../simulators/sendgrid/sendGridSimulator.ts';
import { newTopic } from './testRunner.ts';
import { drain, type World } from './world.ts';

/** What may differ in a scene. */
export interface SceneOptions {
  /** The default export of `access.ts`. @default pulls have what they declare */
  readonly grants?: PullerOptions['grants'];
  readonly segops?: SegOpsSimulatorOptions;
  readonly segment?: PublicApiSimulatorOptions;
  readonly sendgrid?: SendGridSimulatorOptions;
  /** The whole triggers file. @default the trigger alone */
  readonly triggers?: readonly Trigger[];
  /** The ledger. @default a new one */
  readonly table?: string;
}

/** What an occurrence came to. */
export interface EndedOccurrence {
  readonly runs: readonly RunMessage[];
  readonly last: OccurrenceEnd | undefined;
}

/** A puller of one trigger, with all systems that pulls call, on one clock that goes on only where something waits. */
export interface PullScene {
  readonly segment: PublicApiSimulator;
  readonly profiles: ProfilesSimulator;
  readonly sendgrid: SendGridSimulator;
  readonly segops: SegOpsSimulator;
  readonly records: readonly CallRecord[];
  /** Called before each step, with the number of the step. */
  beforeStep: (step: number) => void;
  wait(ms: number): void;
  /** What subscribers of the results topic got since they were last asked. */
  published(): Promise<readonly unknown[]>;
  /** Takes an occurrence to its end. */
  pull(occurrence: string): Promise<EndedOccurrence>;
}

/** @param trigger with a pull */
export async function startPullScene(
  world: World,
  trigger: Trigger,
  {
    grants,
    segops: segopsOptions,
    segment: segmentOptions,
    sendgrid: sendgridOptions,
    ...more
  }: SceneOptions = {},
): Promise<PullScene> {
  const { triggers = [trigger], table } = more;
  let nowMs = Date.parse('2026-11-20T12:00:00Z');
  const now = (): number => nowMs;
  const simulators = {
    segment: await startPublicApiSimulator({ now, latencyMs: 0, ...segmentOptions }),
    profiles: await startProfilesSimulator({ now, latencyMs: 0 }),
    sendgrid: await startSendGridSimulator({ now, latencyMs: 0, ...sendgridOptions }),
    segops: await startSegOpsSimulator({ now, latencyMs: 0, ...segopsOptions }),
  };
  const { segment, profiles, sendgrid, segops } = simulators;
  onTestFinished(async () => {
    await Promise.all(Object.values(simulators).map((simulator) => simulator.stop()));
  });
  const queueUrls = { pulls: await world.newQueue(), bulk: await world.newQueue() };
  const resultsQueueUrl = await world.newQueue();
  const records: CallRecord[] = [];
  const puller = createPuller({
    settings: { runDeadlineMs: 86_400_000, pullDeadlineMs: 86_400_000, stepMs: 600_000 },
    triggers,
    grants,
    clients: world.clients,
    tableName: table ?? (await world.newTable()),
    queueUrls,
    resultsTopicArn: await newTopic(world, resultsQueueUrl),
    systems: {
      segment: { baseUrl: segment.baseUrl, secret: secretOf({ token: [simulatedSecrets.apiToken] }) },
      segmentProfiles: {
        baseUrl: profiles.baseUrl,
        secret: secretOf({ accessTokens: new Map([[localSpace, [simulatedSecrets.profileToken]]]) }),
        requestsPerSecond: 20,
      },
      sendgrid: { baseUrl: sendgrid.baseUrl, secret: secretOf({ apiKey: [sendgrid.apiKey] }) },
      segops: {
        baseUrl: segops.baseUrl,
        secret: secretOf({ apiKey: [segops.apiKey] }),
        requestsPerMinute: 60,
      },
    },
    openFile: openFiles({ origin: sendgrid.baseUrl }),
    report: () => undefined,
    onCall: (record) => records.push(record),
    onTrouble: (what, error) => {
      throw new Error(what, { cause: error });
    },
    now,
    sleep: async (ms) => {
      nowMs += ms;
    },
  });
  const scene: PullScene = {
    ...simulators,
    records,
    beforeStep: () => undefined,
    wait: (ms) => {
      nowMs += ms;
    },
    published: async () => {
      const messages = await drain(world.clients.sqs, resultsQueueUrl);
      return messages.map(({ Body = '' }) => JSON.parse(Body) as unknown);
    },
    pull: async (occurrence) => {
      const about = { version: 1, trigger: trigger.name, occurrence } as const;
      await handleMessage({ ...about, kind: 'start' }, puller);
      for (;;) {
        const cursor = (await puller.cursors.read([trigger.name])).get(trigger.name);
        if (cursor?.isAtWork !== true) {
          const messages = await drain(world.clients.sqs, queueUrls.bulk);
          return { runs: messages.map(({ Body = '' }) => parseRunMessage(Body)), last: cursor?.last };
        }
        nowMs = Math.max(nowMs, cursor.dueAtMs);
        scene.beforeStep(cursor.version);
        await handleMessage({ ...about, kind: 'step', step: cursor.version }, puller);
      }
    },
  };
  return scene;
}

function secretOf<Value>(value: Value): CachedSecret<Value> {
  const times = { maxAgeMs: 60_000, earlyRefreshEveryMs: 1_000, retryEveryMs: 1_000 };
  return new CachedSecret({
    fetch: () => Promise.resolve(value),
    now: Date.now,
    onTrouble: () => undefined,
    ...times,
  });
}
