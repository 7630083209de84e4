/** A limit that a figure must hold. */
export interface Limit {
  /** Of the receiver's own figure, or of its ratio to the other one. */
  readonly of: 'figure' | 'ratio';
  readonly bound: 'at most' | 'below';
  readonly value: number;
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
