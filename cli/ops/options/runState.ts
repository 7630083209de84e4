import type { RunState } from '../../../functions/ledger/runState.ts';

/** The states of a run, in the order of its life. */
export const runStates: readonly RunState[] = ['waiting', 'calling', 'done', 'failed', 'skipped'];
