/** Where a run stands. `done`, `failed` and `skipped` are final. */
export type RunState = 'waiting' | 'calling' | 'done' | 'failed' | 'skipped';

/** A run as the ledger holds it, as far as its next delivery needs to know. */
export interface RunOwnership {
  readonly state: RunState;
  /** Random, one per delivery. */
  readonly owner: string;
  /** Until when the owner may still be at work, in epoch milliseconds; 0 when it has let go. */
  readonly leaseUntilMs: number;
}

/**
 * What a run found in the ledger means to a delivery of it.
 * `mine`: this delivery holds it (its own earlier attempt had reached the ledger); `finished`: nothing to do;
 * `busy`: another delivery is at it; `free`: it waits, or its owner died.
 */
export type RunVerdict = 'mine' | 'finished' | 'busy' | 'free';

/** Judges the run that refused to be taken. */
export function judgeRun(found: RunOwnership, owner: string, nowMs: number): RunVerdict {
  if (found.state !== 'waiting' && found.state !== 'calling') {
    return 'finished';
  }
  if (found.owner === owner) {
    return 'mine';
  }
  return found.leaseUntilMs > nowMs ? 'busy' : 'free';
}

const runStates: readonly RunState[] = ['waiting', 'calling', 'done', 'failed', 'skipped'];

/** @throws Error for what no version of this program has written */
export function toRunState(state: string | undefined): RunState {
  const found = runStates.find((known) => known === state);
  if (found === undefined) {
    throw new Error(`The ledger has a run in the unknown state "${state}"`);
  }
  return found;
}
