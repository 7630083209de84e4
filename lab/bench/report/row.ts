import { holds, type Limit, ratio } from './limit.ts';

/** One line of the report. */
export interface Row {
  /** What was measured, with its unit. */
  readonly name: string;
  readonly receiver: number;
  /** What it is compared with: the baseline if the name does not say otherwise. */
  readonly other?: number;
  readonly ratio?: number;
  /** Digits after the point. */
  readonly digits: number;
  readonly limit?: Limit;
  /** Absent if there is no limit. */
  readonly holds?: boolean;
}

/** The figures of a row. */
export interface Figures {
  readonly name: string;
  readonly receiver: number;
  readonly other?: number;
  readonly digits: number;
  readonly limit?: Limit;
}

/** Makes a row, and compares the figures with their limit. */
export function row(figures: Figures): Row {
  const { receiver, other, limit } = figures;
  const times = ratio(receiver, other);
  return {
    ...figures,
    ...(Number.isFinite(times) ? { ratio: times } : {}),
    ...(limit === undefined ? {} : { holds: holds(limit, receiver, other) }),
  };
}
