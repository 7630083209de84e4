import { readFileSync, writeFileSync } from 'node:fs';
import type { EnvironmentPool } from '../../../local/lambda/environmentPool.ts';
import type { EnvironmentMemory } from './observation.ts';

const everyMs = 100;

/** A function whose environments are watched. */
export interface WatchedFunction {
  readonly name: string;
  readonly pool: EnvironmentPool;
  /** What Lambda would give it. */
  readonly limitMb: number;
}

type Watched = { -readonly [Key in keyof EnvironmentMemory]: EnvironmentMemory[Key] };

/**
 * Watches the resident set of every environment process, as the kernel counts it: its peaks too, so that none between
 * two looks is missed (`VmHWM` of /proc/<pid>/status, which a round of the floods sets back).
 */
export class MemoryWatch {
  readonly #functions: readonly WatchedFunction[];
  readonly #environments = new Map<number, Watched>();
  readonly #timer: NodeJS.Timeout;
  #round: 'first' | 'second' = 'first';

  constructor(functions: readonly WatchedFunction[]) {
    this.#functions = functions;
    this.look();
    this.#timer = setInterval(() => this.look(), everyMs);
  }

  /** Begins the second round: its peaks are counted anew. */
  beginSecondRound(): void {
    this.look();
    this.#round = 'second';
    for (const pid of this.#environments.keys()) {
      setBackPeak(pid);
    }
  }

  /** Ends the watch with a last look. */
  stop(): readonly EnvironmentMemory[] {
    clearInterval(this.#timer);
    this.look();
    return [...this.#environments.values()];
  }

  /** Takes note of a process that was seen by other means, such as a line that it wrote. */
  note(functionName: string, pid: number): void {
    const fn = this.#functions.find(({ pool }) => pool.functionName === functionName);
    if (fn !== undefined) {
      this.#watched(fn, pid);
    }
  }

  look(): void {
    for (const fn of this.#functions) {
      for (const pid of fn.pool.pids()) {
        this.#watched(fn, pid);
      }
    }
    for (const environment of this.#environments.values()) {
      lookAt(environment, this.#round);
    }
  }

  #watched({ name, limitMb }: WatchedFunction, pid: number): void {
    if (!this.#environments.has(pid)) {
      const nothing = { firstPeakMb: 0, secondPeakMb: 0 };
      this.#environments.set(pid, { functionName: name, pid, limitMb, isAlive: true, ...nothing });
    }
  }
}

function lookAt(environment: Watched, round: 'first' | 'second'): void {
  const peakMb = peakResidentMb(environment.pid);
  environment.isAlive = peakMb !== undefined;
  if (peakMb !== undefined) {
    const peak = `${round}PeakMb` as const;
    environment[peak] = Math.max(environment[peak], peakMb);
  }
}

/** `undefined` when there is no such process any more. */
function peakResidentMb(pid: number): number | undefined {
  try {
    const status = readFileSync(`/proc/${pid}/status`, 'utf8');
    const peak = /^VmHWM:\s+(\d+) kB$/m.exec(status)?.[1];
    // A process that has ended, but was not waited for yet, has no memory.
    return peak === undefined ? undefined : Number(peak) / 1024;
  } catch {
    return undefined;
  }
}

/** Sets the kernel's peak to what is resident now: see `clear_refs` in proc(5). */
function setBackPeak(pid: number): void {
  try {
    writeFileSync(`/proc/${pid}/clear_refs`, '5');
  } catch {
    // It has ended: the next look finds that out.
  }
}
