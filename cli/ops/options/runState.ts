import type { RunState } from '../../../functions/ledger/runState.ts';

/** The states that a run can be in, in the order of its life. */
export const runStates: readonly RunState[] = ['waiting', 'calling', 'done', 'failed', 'skipped'];
