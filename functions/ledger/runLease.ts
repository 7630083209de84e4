import { type Assignments, type ItemUpdate, text } from './ledgerTable.ts';

/** The right of one delivery to work on a run. */
export interface RunLease {
  readonly runId: string;
  /** Random, one per delivery. */
  readonly owner: string;
}

/** What the key of a run's item has before the run's id. */
export const runKeyPrefix = 'run#';

/** Key of a run's item. */
export function runKey(runId: string): string {
  return `${runKeyPrefix}${runId}`;
}

/** A change of a run's item by the delivery that has the lease. */
export interface LeasedChange {
  readonly set: Assignments;
  /** Attributes to remove. */
  readonly remove?: readonly string[];
  /** What must hold beside the lease. */
  readonly condition?: string;
}

/** The update of a run's item, on the condition that this delivery still has the lease. */
export function leasedUpdate(lease: RunLease, { set, remove = [], condition }: LeasedChange): ItemUpdate {
  const parts = [
    ...(set.assignments === '' ? [] : [`SET ${set.assignments}`]),
    ...(remove.length === 0 ? [] : [`REMOVE ${remove.map((name) => `#${name}`).join(', ')}`]),
  ];
  const isMine = '#owner = :owner';
  return {
    pk: runKey(lease.runId),
    change: parts.join(' '),
    condition: condition === undefined ? isMine : `${isMine} AND ${condition}`,
    values: { ...set.values, ':owner': text(lease.owner) },
  };
}

/** Another delivery has taken the run over, because this delivery's lease had ended. */
export class LeaseLostError extends Error {
  override readonly name = 'LeaseLostError';

  constructor() {
    super('Another delivery has taken this run over; this message will find the run finished or waiting');
  }
}

/** A run that counted as new has an item, or has to be taken first. */
export class RunNotNewError extends Error {
  override readonly name = 'RunNotNewError';
}

/**
 * Stops this delivery when the run is no longer its own.
 *
 * @throws LeaseLostError
 */
export function assertLeased(isLeased: boolean): void {
  if (!isLeased) {
    throw new LeaseLostError();
  }
}
