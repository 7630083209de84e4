import { availableParallelism, cpus } from 'node:os';
import type { Measurements } from '../measure/measurements.ts';
import type { Row } from './row.ts';
import { rows } from './sections.ts';

/** What a run of the bench found, and where. */
export interface Report {
  /** ISO 8601. */
  readonly measuredAt: string;
  readonly machine: Machine;
  readonly rows: readonly Row[];
  /** Whether every row with a limit holds it. */
  readonly holds: boolean;
  /** The figures that the rows are made of. */
  readonly measurements: Partial<Measurements>;
}

interface Machine {
  readonly cpu: string;
  readonly cores: number;
  readonly node: string;
  readonly platform: string;
}

/** Judges the measurements of this machine, now. */
export function report(measurements: Partial<Measurements>): Report {
  const judged = rows(measurements);
  return {
    measuredAt: new Date().toISOString(),
    machine: {
      cpu: cpus()[0]?.model ?? 'unknown',
      cores: availableParallelism(),
      node: process.version,
      platform: `${process.platform}-${process.arch}`,
    },
    rows: judged,
    holds: judged.every(({ holds }) => holds !== false),
    measurements,
  };
}
