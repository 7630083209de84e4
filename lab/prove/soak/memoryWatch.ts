import { readFileSync } from 'node:fs';

/** One process's resident set over time, in bytes, oldest first. */
export type MemorySamples = readonly number[];

/** What became of a process's memory: the median of each tenth of the samples, in bytes. */
export interface MemoryTrend {
  readonly tenthsBytes: readonly number[];
  readonly peakBytes: number;
}

/** Fewer say nothing of a trend. */
export const leastSamples = 200;
const pageBytes = 4_096;

/** Notes the resident sets of processes at regular intervals. */
export class MemoryWatch {
  readonly #samples = new Map<number, number[]>();
  readonly #timer: NodeJS.Timeout;

  /** @param pids of the processes that are there now */
  constructor(pids: () => readonly number[], everyMs = 500) {
    this.#timer = setInterval(() => {
      for (const pid of pids()) {
        const bytes = residentBytes(pid);
        if (bytes !== undefined) {
          this.#samples.set(pid, [...(this.#samples.get(pid) ?? []), bytes]);
        }
      }
    }, everyMs);
  }

  /** Of each process that was there at any time. */
  samples(): ReadonlyMap<number, MemorySamples> {
    return this.#samples;
  }

  stop(): void {
    clearInterval(this.#timer);
  }
}

/** @returns `undefined` when there are too few samples for a trend */
export function memoryTrend(samples: MemorySamples): MemoryTrend | undefined {
  if (samples.length < leastSamples) {
    return undefined;
  }
  const edge = (tenth: number): number => Math.floor((samples.length * tenth) / 10);
  return {
    tenthsBytes: Array.from({ length: 10 }, (_none, tenth) =>
      median(samples.slice(edge(tenth), edge(tenth + 1))),
    ),
    peakBytes: Math.max(...samples),
  };
}

/** By Linux's account; `undefined` when the process is gone. */
function residentBytes(pid: number): number | undefined {
  try {
    return Number(readFileSync(`/proc/${pid}/statm`, 'latin1').split(' ')[1]) * pageBytes;
  } catch {
    return undefined;
  }
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
}
