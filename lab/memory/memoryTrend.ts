import { median } from '../statistics.ts';

/** What became of a process's memory over its life, in bytes. */
export interface MemoryTrend {
  /** The median of each tenth of the samples. */
  readonly tenthsBytes: readonly number[];
  readonly peakBytes: number;
}

/** Fewer samples show no trend. */
export const leastSamples = 200;

/** @returns `undefined` if there are too few samples for a trend */
export function memoryTrend(samplesBytes: readonly number[]): MemoryTrend | undefined {
  if (samplesBytes.length < leastSamples) {
    return undefined;
  }
  const edge = (tenth: number): number => Math.floor((samplesBytes.length * tenth) / 10);
  return {
    tenthsBytes: Array.from({ length: 10 }, (_none, tenth) =>
      median(samplesBytes.slice(edge(tenth), edge(tenth + 1))),
    ),
    peakBytes: Math.max(...samplesBytes),
  };
}
