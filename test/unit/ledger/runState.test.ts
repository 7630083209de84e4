import { describe, expect, it } from 'vitest';
import { judgeRun, type RunOwnership, toRunState } from '../../../functions/ledger/runState.ts';

const nowMs = 1_767_225_600_000;
const others: RunOwnership = { state: 'calling', owner: 'other', leaseUntilMs: nowMs + 1 };

function judge(changes: Partial<RunOwnership>): string {
  return judgeRun({ ...others, ...changes }, 'me', nowMs);
}

describe('the state of a run that could not be taken', () => {
  it.each(['waiting', 'calling'] as const)(
    'a run is busy while another delivery has its lease: %s',
    (state) => {
      expect(judge({ state })).toBe('busy');
    },
  );

  it.each(['waiting', 'calling'] as const)(
    'a run is free once its lease has ended or was given back: %s',
    (state) => {
      expect(judge({ state, leaseUntilMs: nowMs })).toBe('free');
      expect(judge({ state, leaseUntilMs: 0 })).toBe('free');
    },
  );

  it.each(['waiting', 'calling'] as const)(
    'a run is mine when my own attempt had reached the ledger: %s',
    (state) => {
      expect(judge({ state, owner: 'me' })).toBe('mine');
      expect(judge({ state, owner: 'me', leaseUntilMs: 0 })).toBe('mine');
    },
  );

  it.each(['done', 'failed', 'skipped'] as const)(
    'an ended run is finished for its owner as well: %s',
    (state) => {
      expect(judge({ state })).toBe('finished');
      expect(judge({ state, owner: 'me', leaseUntilMs: nowMs + 1 })).toBe('finished');
    },
  );
});

describe('the state of a run in the ledger', () => {
  it.each(['waiting', 'calling', 'done', 'failed', 'skipped'])('the state of a run may be %s', (state) => {
    expect(toRunState(state)).toBe(state);
  });

  it.each([undefined, '', 'Done', 'paused'])('the state of a run may not be %j', (state) => {
    expect(() => toRunState(state)).toThrow(`unknown state "${state}"`);
  });
});
