import { setTimeout as sleep } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import type { EnvironmentPool } from '../../../local/lambda/environmentPool.ts';
import type { LocalSystem } from '../../../local/system.ts';
import { megabyte } from '../../memory/processMemory.ts';
import type { LiveMemory } from './observation.ts';

/** How long an environment may take to collect its garbage. */
const collectMs = 20_000;
/** How long the front's process may take to let go of what it needs no more. */
const settleMs = 10_000;

/** What the environments need at one moment, in MB by process id. */
export type LiveTaking = ReadonlyMap<number, number>;

/** Puts two takings side by side, by function: which environment the larger requests come to is chance. */
export function liveMemory(system: LocalSystem, first: LiveTaking, last: LiveTaking): readonly LiveMemory[] {
  const ofPool = (name: string, pool: EnvironmentPool): LiveMemory => {
    const pids = pool.pids();
    const told = pids.filter((pid) => last.has(pid)).length;
    const most = (taking: LiveTaking): number => Math.max(0, ...pids.map((pid) => taking.get(pid) ?? 0));
    return { name, told: [told, pids.length], firstMb: most(first), lastMb: most(last) };
  };
  return [ofPool('receiver', system.receiver), ofPool('runner', system.runner)];
}

/**
 * What this process needs, waited for until it is no more than so much: what was sent to the front goes only when the
 * client has closed its connections, after 4 idle seconds.
 */
export async function ownLiveMbWhen(atMostMb: number): Promise<number> {
  const untilMs = Date.now() + settleMs;
  let liveMb = ownLiveMb();
  while (liveMb > atMostMb && Date.now() < untilMs) {
    await sleep(settleMs / 20);
    liveMb = ownLiveMb();
  }
  return liveMb;
}

/** Megabytes that this process still needs, after a full collection: its heap, and the buffers outside it. */
export function ownLiveMb(): number {
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as () => void;
  setFlagsFromString('--no-expose-gc');
  collect();
  const { heapUsed, external } = process.memoryUsage();
  return (heapUsed + external) / megabyte;
}

/**
 * What every environment still needs after a full collection, in MB by process id: asked of `memoryProbe.mjs`. Only
 * when no invocation is under way. One that does not answer is left out.
 */
export async function takeLiveMemory(system: LocalSystem): Promise<LiveTaking> {
  const pids = [...system.receiver.pids(), ...system.runner.pids()];
  const liveMb = new Map<number, number>();
  const { promise: all, resolve } = Promise.withResolvers<void>();
  const unsubscribe = system.onLog(({ pid, record }) => {
    if (record?.message === 'live memory') {
      liveMb.set(pid, Number(record.liveBytes) / megabyte);
    }
    if (pids.every((expected) => liveMb.has(expected))) {
      resolve();
    }
  });
  for (const pid of pids) {
    process.kill(pid, 'SIGUSR2');
  }
  const giveUp = new AbortController();
  await Promise.race([all, sleep(collectMs, undefined, { signal: giveUp.signal }).catch(() => undefined)]);
  giveUp.abort();
  unsubscribe();
  return liveMb;
}
