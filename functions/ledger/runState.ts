/** Where a run stands. `done`, `failed` and `skipped` are final. */
export type RunState = 'waiting' | 'calling' | 'done' | 'failed' | 'skipped';

/** A run as the ledger has it, as far as its next delivery needs to know. */
export interface RunOwnership {
  readonly state: RunState;
  /** Random, one per delivery. */
  readonly owner: string;
  /** When the owner's lease ends, in epoch milliseconds; 0 when the owner has given it back. */
  readonly leaseUntilMs: number;
}

/**
 * What a run in the ledger means to a delivery of it. `mine`: this delivery has the lease, because its own earlier attempt
 * had reached the ledger; `finished`: there is nothing more to do; `busy`: another delivery has the lease; `free`: the run
 * waits, or its owner died.
 */
export type RunVerdict = 'mine' | 'finished' | 'busy' | 'free';

/** Judges a run that could not be taken. */
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

/** @throws Error for a state that no version has written */
export function toRunState(state: string | undefined): RunState {
  const found = runStates.find((known) => known === state);
  if (found === undefined) {
    throw new Error(
      `The ledger has a run in the unknown state "${state}": was it written by a newer version?`,
    );
  }
  return found;
}
