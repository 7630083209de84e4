/// <reference lib="esnext.disposable" />
import { setTimeout as sleep } from 'node:timers/promises';
import { ResultsQueue } from '../../../local/scenario/resultsQueue.ts';
import { localSecrets } from '../../../local/system/systemOptions.ts';
import { bootLocalSystem, type LocalSystem } from '../../../local/system.ts';
import { seededRandom } from '../../../simulators/mavera/seededRandom.ts';
import { type MaveraSimulator, startMaveraSimulator } from '../../../simulators/mavera/simulator.ts';
import { isBatch } from '../../../simulators/segment/payload.ts';
import { sendToWebhook } from '../../../simulators/segment/sendToWebhook.ts';
import { MemoryWatch } from '../../memory/memoryWatch.ts';
import { ledgerProblems } from '../evidence/ledgerProblems.ts';
import type { Patience } from '../evidence/patience.ts';
import { settle } from '../evidence/settle.ts';
import { workDone } from '../evidence/workDone.ts';
import type { Proof, ProofOptions, ProofResult } from '../proof.ts';
import { type Chaos, startChaos } from './chaos.ts';
import { judgeSoak, type SoakTraces } from './judgeSoak.ts';
import { type SoakRequest, soakRequests, workOf } from './soakRequests.ts';
import { soakTable } from './soakTable.ts';

const load = {
  wantedShare: 0.1,
  chainedShare: 0.1,
  repeatedShare: 0.1,
  singleShare: 0.5,
  largestBatch: 400,
} as const;
const sendersAtOnce = 6;
/** If more runs wait, the senders pause. So all functions have work until the end, and their memory is under load. */
const mostWaiting = 300;
/** More processes would compete for two cores. */
const runnerConcurrency = 6;
/** More than the runs need. */
const maveraRequestsPerMinute = 6_000;
const patience: Patience = { usualMs: 600_000, stillMs: 120_000, mostMs: 2_400_000 };
const memoryEveryMs = 500;
/** Segment's waits between attempts are multiplied with it. */
const timeScale = 0.1;
const defaults = {
  full: { events: 100_000, sendingMs: 480_000 },
  short: { events: 600, sendingMs: 30_000 },
} as const;

/**
 * Sends many events through the local system while processes are killed, messages are delivered twice and runs are parked at
 * random. Nothing may be lost or done twice, and memory may not grow.
 */
export const soak: Proof = {
  name: 'soak',
  description:
    '100,000 events with random kills, duplicates, redeliveries and parked runs: 0 lost, 0 twice, memory flat',
  run: proveSoak,
};

async function proveSoak(options: ProofOptions): Promise<ProofResult> {
  await using started = new AsyncDisposableStack();
  const { progress, isShort, seed } = options;
  const { events = 0, sendingMs = 0 } = { ...defaults[isShort ? 'short' : 'full'], ...given(options) };
  progress('soak: booting the system');
  const { system, mavera, results } = await startSoakSystem(started);
  const random = seededRandom(seed);
  const chaos = startChaos(system, 'soak', seededRandom(seed + 1));
  started.defer(() => chaos.stop());
  const memory = new MemoryWatch(
    [
      { name: 'receiver', pids: () => system.receiver.pids() },
      { name: 'runner', pids: () => system.runner.pids() },
    ],
    memoryEveryMs,
  );
  started.defer(() => {
    memory.stop();
  });

  const sent = await sendAll(system, soakRequests({ ...load, events, random }), {
    events,
    stopAtMs: Date.now() + sendingMs,
    done: () => mavera.personas().length,
    progress,
  });
  progress('soak: waiting until every run is at its end');
  const say = (line: string): void => progress(`soak: ${mavera.personas().length} runs done; ${line}`);
  await settle(system, patience, say);
  await chaos.stop();
  // The last copies.
  const settled = await settle(system, patience, say);
  memory.stop();
  const traces: SoakTraces = {
    accepted: sent.accepted,
    undelivered: sent.undelivered,
    timesDone: workDone(mavera),
    waitsFor: settled.isOver ? undefined : settled.waitsFor,
    problems: settled.isOver ? await ledgerProblems(system, results) : [],
    memory: memory
      .processes()
      .map(({ name, pid, samplesBytes }) => ({ name: `${name} ${pid}`, samplesBytes })),
  };
  const verdict = judgeSoak(traces);
  return {
    table: soakTable({ ...sent, ...chaosFigures(chaos), ...verdict }),
    counts: {
      'events sent': sent.events,
      'not finished': verdict.unfinished.length,
      lost: verdict.lost.length,
      twice: verdict.twice.length,
    },
    failures: verdict.failures.map((failure) => `soak (seed ${seed}): ${failure}`),
  };
}

function given({ events, sendingMs }: ProofOptions): {
  readonly events?: number;
  readonly sendingMs?: number;
} {
  return { ...(events === undefined ? {} : { events }), ...(sendingMs === undefined ? {} : { sendingMs }) };
}

function chaosFigures({ counts }: Chaos): {
  readonly killedReceivers: number;
  readonly killedRunners: number;
  readonly killedDispatchers: number;
  readonly pauses: number;
  readonly duplicatedMessages: number;
} {
  const { killed, pauses, duplicatedMessages } = counts;
  return {
    killedReceivers: killed.receivers,
    killedRunners: killed.runners,
    killedDispatchers: killed.dispatchers,
    pauses,
    duplicatedMessages,
  };
}

interface SoakSystem {
  readonly system: LocalSystem;
  readonly mavera: MaveraSimulator;
  readonly results: ResultsQueue;
}

async function startSoakSystem(started: AsyncDisposableStack): Promise<SoakSystem> {
  const mavera = await startMaveraSimulator({
    apiKey: localSecrets.maveraApiKey,
    requestsPerMinute: 100_000,
    monthlyCredits: 1_000_000_000,
    latency: 1,
  });
  started.defer(() => mavera.stop());
  const system = await bootLocalSystem({
    maveraBaseUrl: mavera.baseUrl,
    triggersFile: 'lab/prove/soak/triggers.ts',
    // The shortest leases, so that a dead process's work is soon taken over.
    // More attempts than a run needs: on a slow machine some answers come too late, and each costs an attempt.
    context: { maveraRequestsPerMinute, maveraTimeout: '1s', maxAttempts: 50, runnerConcurrency },
    endpoints: {},
    receiverPoolSize: 4,
    dispatchEverySeconds: 2,
    redeliverAfterSeconds: 1,
  });
  started.defer(() => system.stop());
  const results = await ResultsQueue.subscribe(system.clients, system.resources.resultsTopicArn);
  return { system, mavera, results };
}

/** What was sent, and what was accepted. */
export interface Sent {
  /** Different events. */
  readonly events: number;
  readonly requests: number;
  readonly repeated: number;
  readonly retries: number;
  /** Ids of the events that the receiver has answered 200 for. */
  readonly accepted: ReadonlySet<string>;
  /** Requests that the sender tries no more. */
  readonly undelivered: number;
}

interface Sending {
  readonly events: number;
  readonly stopAtMs: number;
  /** For how many events Mavera has done the work. */
  readonly done: () => number;
  readonly progress: (line: string) => void;
}

async function sendAll(
  system: LocalSystem,
  requests: Iterable<SoakRequest>,
  { events, stopAtMs, done, progress }: Sending,
): Promise<Sent> {
  const accepted = new Set<string>();
  let wanted = 0;
  const counts = { requests: 0, repeated: 0, retries: 0, undelivered: 0 };
  const send = async ({ payload, repeated }: SoakRequest): Promise<void> => {
    const { outcome, attempts } = await sendToWebhook({
      url: system.segmentUrl,
      payload,
      secret: system.sharedSecret,
      remixBatches: true,
      retry: { timeScale, greatestDelayMs: 60_000 },
    });
    counts.requests += 1;
    counts.repeated += repeated;
    counts.retries += attempts.length - 1;
    counts.undelivered += outcome === 'delivered' ? 0 : 1;
    const before = Math.floor((accepted.size / events) * 10);
    for (const event of isBatch(payload) ? payload : [payload]) {
      const id = String(event?.messageId);
      wanted += accepted.has(id) ? 0 : workOf(id).length;
      accepted.add(id);
    }
    if (Math.floor((accepted.size / events) * 10) > before) {
      progress(`soak: ${accepted.size.toLocaleString('en')} of ${events.toLocaleString('en')} events sent`);
    }
  };
  const untilTheEnd = function* (): Generator<SoakRequest> {
    for (const request of requests) {
      if (Date.now() > stopAtMs) {
        return;
      }
      yield request;
    }
  };
  const source = untilTheEnd();
  await Promise.all(
    Array.from({ length: sendersAtOnce }, async () => {
      for (const request of source) {
        await send(request);
        while (wanted - done() > mostWaiting && Date.now() < stopAtMs) {
          await sleep(100);
        }
      }
    }),
  );
  return { events: accepted.size, accepted, ...counts };
}
