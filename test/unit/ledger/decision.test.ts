import { describe, expect, it } from 'vitest';
import { readDecision } from '../../../functions/ledger/decision.ts';

const denied = { decision: 'denied', by: 'ann', atMs: 1_767_225_600_000 };

describe('the decision on a run', () => {
  it('is read with who decided and when', () => {
    expect(readDecision(JSON.stringify(denied), undefined)).toEqual(denied);
    const again = { ...denied, redrive: 'ended-5' };
    expect(readDecision(JSON.stringify(again), 'ended-5')).toEqual(again);
  });

  it('does not count after a redrive that left it in place', () => {
    expect(readDecision(JSON.stringify(denied), 'ended-5')).toBeUndefined();
    expect(readDecision(JSON.stringify({ ...denied, redrive: 'ended-4' }), 'ended-5')).toBeUndefined();
  });

  it.each([
    undefined,
    '',
    '{',
    'null',
    '[]',
    JSON.stringify({ ...denied, decision: 'postponed' }),
    JSON.stringify({ ...denied, by: 5 }),
  ])('is none where this version reads none: %s', (json) => {
    expect(readDecision(json, undefined)).toBeUndefined();
  });
});
