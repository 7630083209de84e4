import { availableParallelism, cpus, loadavg, totalmem } from 'node:os';

/** Where it was measured. */
export interface Machine {
  readonly cpu: string;
  readonly cores: number;
  readonly memoryBytes: number;
  readonly node: string;
  readonly platform: string;
  /** Processes that wanted a core in the minute before, on average. */
  readonly loadBefore: number;
}

/** This machine, now. */
export function thisMachine(): Machine {
  return {
    cpu: cpus()[0]?.model ?? 'unknown',
    cores: availableParallelism(),
    memoryBytes: totalmem(),
    node: process.version,
    platform: `${process.platform}-${process.arch}`,
    loadBefore: loadavg()[0] ?? 0,
  };
}

/** Whether others took so much of it that times are not to be trusted. */
export function wasBusy({ cores, loadBefore }: Machine): boolean {
  return loadBefore > cores / 2;
}
