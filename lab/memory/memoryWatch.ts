import { processMemory, resetPeak } from './processMemory.ts';

/** Processes that are watched together: the environments of one function. */
export interface WatchedPool {
  /** What its processes are called: `receiver`. */
  readonly name: string;
  /** The processes that are there now. */
  pids(): readonly number[];
}

/** What was seen of a process, in bytes of resident memory. */
export interface WatchedProcess {
  readonly name: string;
  readonly pid: number;
  readonly isAlive: boolean;
  /** Its resident set at each look while it lived, oldest first. */
  readonly samplesBytes: readonly number[];
  /** The largest resident set since the watch began, or since its last `resetPeaks`. */
  readonly peakBytes: number;
}

type Watched = Omit<{ -readonly [Key in keyof WatchedProcess]: WatchedProcess[Key] }, 'samplesBytes'> & {
  readonly samplesBytes: number[];
};

/**
 * Looks at the resident set of every process of some pools, at regular intervals. Peaks are the kernel's own, so that
 * none between two looks is missed.
 */
export class MemoryWatch {
  readonly #pools: readonly WatchedPool[];
  readonly #processes = new Map<number, Watched>();
  readonly #timer: NodeJS.Timeout;

  constructor(pools: readonly WatchedPool[], everyMs: number) {
    this.#pools = pools;
    this.#look();
    this.#timer = setInterval(() => this.#look(), everyMs);
  }

  /** Watches a process that was seen by other means, such as a line that it wrote. */
  note(name: string, pid: number): void {
    if (!this.#processes.has(pid)) {
      this.#processes.set(pid, { name, pid, isAlive: true, samplesBytes: [], peakBytes: 0 });
    }
  }

  /** Every process that was there at any time. */
  processes(): readonly WatchedProcess[] {
    return [...this.#processes.values()];
  }

  /** Counts all peaks from now on. @returns the peaks until now, in bytes by process id */
  resetPeaks(): ReadonlyMap<number, number> {
    this.#look();
    const peaks = new Map<number, number>();
    for (const process of this.#processes.values()) {
      peaks.set(process.pid, process.peakBytes);
      process.peakBytes = 0;
      resetPeak(process.pid);
    }
    return peaks;
  }

  /** Looks a last time, and ends the watch. May be called again. */
  stop(): readonly WatchedProcess[] {
    clearInterval(this.#timer);
    this.#look();
    return this.processes();
  }

  #look(): void {
    for (const pool of this.#pools) {
      for (const pid of pool.pids()) {
        this.note(pool.name, pid);
      }
    }
    for (const process of this.#processes.values()) {
      lookAt(process);
    }
  }
}

function lookAt(process: Watched): void {
  const memory = processMemory(process.pid);
  process.isAlive = memory !== undefined;
  if (memory !== undefined) {
    process.samplesBytes.push(memory.residentBytes);
    process.peakBytes = Math.max(process.peakBytes, memory.peakBytes);
  }
}
