import { readFileSync } from 'node:fs';
import type { EnvironmentPool } from '../../../local/lambda/environmentPool.ts';

const lookEveryMs = 100;
/** The unit of /proc/<pid>/stat on Linux: a hundredth of a second. */
const tickSeconds = 0.01;

/**
 * Finds the most CPU time that a function takes for one invocation. On a machine that is busy with other work, the clock
 * says little about the code; CPU time does.
 */
export class CpuWatch {
  readonly #pool: EnvironmentPool;
  readonly #timer: NodeJS.Timeout;
  /** By process id: the invocation that it serves, and the CPU that it had taken when that was first seen. */
  readonly #begun = new Map<number, { readonly requestId: string; readonly cpuSeconds: number }>();
  #mostSeconds = 0;

  constructor(pool: EnvironmentPool) {
    this.#pool = pool;
    this.#timer = setInterval(() => this.#look(), lookEveryMs);
  }

  /** Ends the watch. @returns the most CPU that one invocation took, in seconds */
  stop(): number {
    clearInterval(this.#timer);
    return this.#mostSeconds;
  }

  #look(): void {
    for (const { pid, requestId } of this.#pool.environments()) {
      const cpuSeconds = cpuSecondsOf(pid);
      if (requestId === undefined || cpuSeconds === undefined) {
        this.#begun.delete(pid);
        continue;
      }
      const begun = this.#begun.get(pid);
      if (begun?.requestId === requestId) {
        this.#mostSeconds = Math.max(this.#mostSeconds, cpuSeconds - begun.cpuSeconds);
      } else {
        this.#begun.set(pid, { requestId, cpuSeconds });
      }
    }
  }
}

/** User and system time of a process: fields 14 and 15 of its stat, counted behind the name in parentheses. */
export function cpuSecondsOf(pid: number): number | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return (Number(fields[11]) + Number(fields[12])) * tickSeconds;
  } catch {
    return undefined;
  }
}
