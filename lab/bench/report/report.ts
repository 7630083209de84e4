import type { Machine } from '../../machine.ts';
import type { Measurements } from '../measure/measurements.ts';
import type { Row } from './row.ts';
import { rows } from './sections.ts';

/** The results of a run of the bench, and the machine. */
export interface Report {
  /** ISO 8601. */
  readonly measuredAt: string;
  readonly machine: Machine;
  readonly rows: readonly Row[];
  /** Whether every row is within its limit. */
  readonly holds: boolean;
  /** The figures of the rows. */
  readonly measurements: Partial<Measurements>;
}

/** Compares the measurements of a machine with the limits. */
export function report(found: Pick<Report, 'measuredAt' | 'machine' | 'measurements'>): Report {
  const judged = rows(found.measurements);
  return { ...found, rows: judged, holds: judged.every(({ holds }) => holds !== false) };
}
