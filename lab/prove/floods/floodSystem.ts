import type { LocalSystem } from '../../../local/system.ts';
import type { MaveraSimulator } from '../../../simulators/mavera/simulator.ts';
import { sum } from '../../statistics.ts';
import type { Patience } from '../evidence/patience.ts';
import { keyOf, scanLedger } from '../evidence/scanLedger.ts';
import { countMessages, settle } from '../evidence/settle.ts';
import type { ProofOptions } from '../proof.ts';
import { BadEvents } from './badEvents.ts';
import { CpuWatch } from './cpuWatch.ts';
import type { FloodWorld } from './floodKind.ts';
import { floodKinds } from './floodKinds.ts';
import { type FloodRecord, flood } from './floodRound.ts';
import { deliverEachForm, startGoodStream } from './goodStream.ts';
import { GoodTraffic, type SourceSecrets } from './goodTraffic.ts';
import { frontGrowthMb } from './judgeFloods.ts';
import { liveMemory, ownLiveMb, ownLiveMbWhen, takeLiveMemory } from './liveMemory.ts';
import {
  type FloodObservation,
  frontName,
  type KindObservation,
  type LedgerObservation,
} from './observation.ts';
import { timeoutFactor } from './synthesizeForFloods.ts';
import { callsByMarker, environmentMemory, watchLog, watchMemory } from './watchSystem.ts';

/** How long the runs of the good events are waited for when all floods are over. */
const patience: Patience = { usualMs: 120_000, stillMs: 120_000, mostMs: 1_200_000 };

/** How long each kind floods alone, and then all of them together. Both happen in each of two rounds. */
interface FloodPlan {
  readonly aloneMs: number;
  readonly togetherMs: number;
  readonly atMost: number;
}

const fullPlan: FloodPlan = { aloneMs: 200, togetherMs: 4_000, atMost: 200 };
const shortPlan: FloodPlan = { aloneMs: 0, togetherMs: 0, atMost: 1 };

/** Floods a fresh system while good traffic goes on, and observes it from the outside. */
export async function floodSystem(
  system: LocalSystem,
  mavera: MaveraSimulator,
  { progress, isShort, seed }: ProofOptions,
  { bearerToken, sources }: { readonly bearerToken: string; readonly sources: SourceSecrets },
): Promise<FloodObservation> {
  const log = watchLog(system);
  const watch = watchMemory(system);
  const cpu = new CpuWatch(system.receiver);
  const { segmentUrl: url, sharedSecret: secret } = system;
  const good = new GoodTraffic({ url, secret, bearerToken, sources, seed });
  const world: FloodWorld = { url: new URL(url), secret, sources, bad: new BadEvents(seed), good };
  const records = floodKinds.map((kind): FloodRecord => ({ kind, answers: new Map(), spans: [], sent: 0 }));
  const plan = isShort ? shortPlan : fullPlan;

  let waitsFor: string | undefined;
  const frontFirstMb = ownLiveMb();
  const goThrough = async (name: string): Promise<void> => {
    const stream = startGoodStream(good);
    await floodRound(name, { records, world, plan, seed, progress });
    await stream.end();
    // With new traffic, the garbage of the floods can be collected.
    await deliverEachForm(good);
    progress(`${name} round: waiting until the runs of all good events are done`);
    const settled = await settle(system, patience, progress);
    waitsFor = settled.isOver ? undefined : settled.waitsFor;
  };
  await goThrough('first');
  const firstTaking = await takeLiveMemory(system);
  const firstPeaks = watch.resetPeaks();
  await goThrough('second');
  const lastTaking = await takeLiveMemory(system);
  const frontLastMb = await ownLiveMbWhen(frontFirstMb + frontGrowthMb);
  const environments = environmentMemory(system, watch.stop(), firstPeaks);
  return {
    seed,
    kinds: records.map((record) => kindObservation(record, good)),
    deliveries: good.deliveries,
    ledger: await observeLedger(system, world.bad, log.bypassed()),
    callsByMarker: callsByMarker(mavera),
    deadLetters: (await countMessages(system, system.resources.deadLetterQueueUrl)).visible,
    environments,
    live: [
      ...liveMemory(system, firstTaking, lastTaking),
      { name: frontName, told: [1, 1], firstMb: frontFirstMb, lastMb: frontLastMb },
    ],
    invocations: { seen: system.receiver.invocations, expectedAtMost: wholeRequests(records, good) },
    crashLines: log.crashLines,
    receiverCpu: { mostSeconds: cpu.stop(), limitSeconds: receiverTimeoutSeconds(system) },
    waitsFor,
  };
}

interface Round {
  readonly records: readonly FloodRecord[];
  readonly world: FloodWorld;
  readonly plan: FloodPlan;
  readonly seed: number;
  readonly progress: (line: string) => void;
}

/** Floods with each kind alone if the plan has time for it, then with all of them at once. */
async function floodRound(name: string, { records, world, plan, seed, progress }: Round): Promise<void> {
  const { aloneMs, togetherMs, atMost } = plan;
  if (aloneMs > 0) {
    for (const [index, record] of records.entries()) {
      progress(`${name} round, ${index + 1} of ${records.length}: ${record.kind.name}`);
      await flood(record, world, { forMs: aloneMs, atMost, seed: seed + index });
    }
  }
  progress(`${name} round: all kinds at once`);
  await Promise.all(
    records.map((record, index) => flood(record, world, { forMs: togetherMs, atMost, seed: seed + index })),
  );
}

function kindObservation({ kind, answers, spans, sent }: FloodRecord, good: GoodTraffic): KindObservation {
  const isBeside = (atMs: number): boolean =>
    spans.some(({ fromMs, toMs }) => fromMs <= atMs && atMs <= toMs);
  const beside = good.deliveries.filter(
    ({ outcome, endedAtMs }) => outcome === 'delivered' && isBeside(endedAtMs),
  );
  return {
    name: kind.name,
    expected: kind.answers,
    requests: sent,
    answers,
    goodBeside: sum(beside.map(({ markers }) => markers.length)),
  };
}

/** The timeout of the template, before this proof multiplied it. */
function receiverTimeoutSeconds({ receiver, stack }: LocalSystem): number {
  const definition = stack.functions.find(({ name }) => name === receiver.functionName);
  return (definition?.timeoutSeconds ?? Number.NaN) / timeoutFactor;
}

/** Requests that may have started an invocation. */
function wholeRequests(records: readonly FloodRecord[], good: GoodTraffic): number {
  const hostile = records.filter(({ kind }) => kind.invokes === 'once a request');
  const attempts = sum(good.deliveries.map(({ answers }) => answers.length));
  return attempts + sum(hostile.map(({ sent }) => sent));
}

async function observeLedger(
  { clients, resources }: LocalSystem,
  bad: BadEvents,
  bypassed: number,
): Promise<LedgerObservation> {
  const keys = (await scanLedger(clients.dynamodb, resources.tableName, ['pk'])).map(keyOf);
  return {
    claims: new Set(keys.filter((key) => key.startsWith('claim#'))),
    runs: keys.filter((key) => key.startsWith('run#')).length,
    kindByBadClaim: bad.kindByClaim,
    bypassed,
  };
}
