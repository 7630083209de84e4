import { setTimeout as sleep } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import type { EnvironmentPool } from '../../local/lambda/environmentPool.ts';
import type { LocalSystem } from '../../local/system.ts';
import { frontName, type LiveMemory } from './observation.ts';

/** How long an environment may take to collect its garbage. */
const collectMs = 20_000;
const megabyte = 1024 ** 2;

/** What is needed at one moment, in MB. */
export interface LiveTaking {
  /** By the process id of the environment. */
  readonly environments: ReadonlyMap<number, number>;
  readonly frontMb: number;
}

/** Collects all garbage, here and in the environments, and reads what is left. Only while nothing is under way. */
export async function takeLiveMemory(system: LocalSystem): Promise<LiveTaking> {
  return { environments: await environmentsLiveMb(system), frontMb: ownLiveMb() };
}

/** Puts two takings side by side, by function: which environment the larger requests come to is chance. */
export function liveMemory(
  system: LocalSystem,
  between: LiveTaking,
  after: LiveTaking,
): readonly LiveMemory[] {
  const ofPool = (name: string, pool: EnvironmentPool): LiveMemory => {
    const pids = pool.pids();
    const told = pids.filter((pid) => after.environments.has(pid)).length;
    const most = ({ environments }: LiveTaking): number =>
      Math.max(0, ...pids.map((pid) => environments.get(pid) ?? 0));
    return { name, told: [told, pids.length], betweenMb: most(between), afterMb: most(after) };
  };
  return [
    ofPool('receiver', system.receiver),
    ofPool('runner', system.runner),
    { name: frontName, told: [1, 1], betweenMb: between.frontMb, afterMb: after.frontMb },
  ];
}

/** Megabytes that this process still needs, after a full collection: its heap, and the buffers outside it. */
function ownLiveMb(): number {
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
async function environmentsLiveMb(system: LocalSystem): Promise<ReadonlyMap<number, number>> {
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
