/** A limit that a figure must hold. */
export interface Limit {
  /** Of the receiver's own figure, or of its ratio to the other one. */
  readonly of: 'figure' | 'ratio';
  readonly bound: 'at most' | 'below';
  readonly value: number;
}

/** The figure itself must not be larger. */
export function atMost(value: number): Limit {
  return { of: 'figure', bound: 'at most', value };
}

/** The figure itself must be smaller. */
export function below(value: number): Limit {
  return { of: 'figure', bound: 'below', value };
}

/** The figure must not be more than so many times the other one. */
export function ratioAtMost(value: number): Limit {
  return { of: 'ratio', bound: 'at most', value };
}

/** Whether the figures hold the limit. */
export function holds({ of, bound, value }: Limit, figure: number, other: number | undefined): boolean {
  const measured = of === 'figure' ? figure : ratio(figure, other);
  return bound === 'below' ? measured < value : measured <= value;
}

/** How many times the other figure this one is; `NaN` without another one, which holds no limit. */
export function ratio(figure: number, other: number | undefined): number {
  return other === undefined ? Number.NaN : figure / other;
}
