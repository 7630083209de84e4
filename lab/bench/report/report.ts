import type { Machine } from '../../machine.ts';
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

/** Judges the measurements of a machine. */
export function report(found: Pick<Report, 'measuredAt' | 'machine' | 'measurements'>): Report {
  const judged = rows(found.measurements);
  return { ...found, rows: judged, holds: judged.every(({ holds }) => holds !== false) };
}
