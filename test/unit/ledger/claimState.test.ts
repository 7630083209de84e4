import { describe, expect, it } from 'vitest';
import { type ClaimItem, judgeClaim } from '../../../functions/ledger/claimState.ts';

const nowMs = 1_767_225_600_000;
const others: ClaimItem = {
  state: 'claiming',
  owner: 'other',
  leaseUntilMs: nowMs + 1,
  expiresAtSeconds: nowMs / 1000 + 1,
};

function judge(changes: Partial<ClaimItem> = {}): string {
  return judgeClaim({ ...others, ...changes }, 'me', nowMs);
}

describe('a claim that refused ours', () => {
  it('a claim is busy while its owner may still be at work', () => {
    expect(judge()).toBe('busy');
  });

  it('a claim is free from the moment that its lease ends, because its owner died', () => {
    expect(judge({ leaseUntilMs: nowMs })).toBe('free');
    expect(judge({ leaseUntilMs: 0 })).toBe('free');
  });

  it('a claim means a duplicate once its event is queued, whatever its lease', () => {
    expect(judge({ state: 'queued' })).toBe('duplicate');
    expect(judge({ state: 'queued', leaseUntilMs: 0 })).toBe('duplicate');
  });

  it('an expired claim is free although the table has not yet deleted it', () => {
    const expiresAtSeconds = nowMs / 1000;
    expect(judge({ state: 'queued', expiresAtSeconds })).toBe('free');
    expect(judge({ expiresAtSeconds })).toBe('free');
  });

  it('a claim is mine when my own earlier attempt had reached the ledger', () => {
    expect(judge({ owner: 'me' })).toBe('mine');
    expect(judge({ owner: 'me', state: 'queued', leaseUntilMs: 0, expiresAtSeconds: 0 })).toBe('mine');
  });
});
