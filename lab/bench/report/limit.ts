/** A limit that a figure must hold. */
export interface Limit {
  /** Whether it limits the receiver's figure, or its ratio to the other one. */
  readonly of: 'figure' | 'ratio';
  readonly bound: 'at most' | 'below';
  readonly value: number;
}

/** The figure must not be larger. */
export function atMost(value: number): Limit {
  return { of: 'figure', bound: 'at most', value };
}

/** The figure must be smaller. */
export function below(value: number): Limit {
  return { of: 'figure', bound: 'below', value };
}

/** The figure must not be more than this many times the other one. */
export function ratioAtMost(value: number): Limit {
  return { of: 'ratio', bound: 'at most', value };
}

/** Whether the figures are within the limit. */
export function holds({ of, bound, value }: Limit, figure: number, other: number | undefined): boolean {
  const measured = of === 'figure' ? figure : ratio(figure, other);
  return bound === 'below' ? measured < value : measured <= value;
}

/** The figure divided by the other one; `NaN` without another one, which is within no limit. */
export function ratio(figure: number, other: number | undefined): number {
  return other === undefined ? Number.NaN : figure / other;
}
