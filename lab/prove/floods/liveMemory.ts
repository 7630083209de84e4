import { setTimeout as sleep } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import type { EnvironmentPool } from '../../../local/lambda/environmentPool.ts';
import type { LocalSystem } from '../../../local/system.ts';
import { megabyte } from '../../memory/processMemory.ts';
import type { LiveMemory } from './observation.ts';

/** How long an environment may take for its garbage collection. */
const collectMs = 20_000;
/** How long the front's process may take to release memory. */
const settleMs = 10_000;

/** The memory that each environment uses at one time, in MB by process id. */
export type LiveTaking = ReadonlyMap<number, number>;

/** Compares two takings by function. Which environment gets the larger requests is chance. */
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
 * The memory that this process uses, in MB. If it is above a limit, it is measured again for some time: what was sent to the
 * front is released when the client closes its connections, after 4 idle seconds.
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

/** The memory that this process uses after a full garbage collection, in MB: its heap and the buffers outside it. */
export function ownLiveMb(): number {
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as () => void;
  setFlagsFromString('--no-expose-gc');
  collect();
  const { heapUsed, external } = process.memoryUsage();
  return (heapUsed + external) / megabyte;
}

/**
 * The memory that each environment uses after a full garbage collection, in MB by process id. `memoryProbe.mjs` reports
 * it. Call it only while no invocation is under way. An environment that does not report is left out.
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
