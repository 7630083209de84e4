import { describe, expect, it } from 'vitest';
import { openForMs } from '../../../functions/ledger/breaker.ts';
import { breakerKey, readBreaker } from '../../../functions/ledger/sharedState.ts';

const minuteMs = 60_000;

describe('how long the breaker opens', () => {
  it('the breaker opens for half a minute at first and twice as long each time, up to a quarter of an hour', () => {
    const minutes = [0, 1, 2, 3, 4, 5, 6].map((opensBefore) => openForMs(opensBefore) / minuteMs);
    expect(minutes).toEqual([0.5, 1, 2, 4, 8, 15, 15]);
  });

  it('the breaker opens for a quarter of an hour however often it has opened', () => {
    for (const opensBefore of [100, 10_000, Number.MAX_SAFE_INTEGER]) {
      expect(openForMs(opensBefore)).toBe(15 * minuteMs);
    }
  });
});

describe('the breaker as the ledger has it', () => {
  it('the breaker has the same key in every release', () => {
    expect(breakerKey).toBe('breaker#mavera');
  });

  it('the breaker is closed and has no failures where there is no item of it', () => {
    const closed = { failures: 0, openUntilMs: 0, opens: 0, reason: '', probe: '', probeUntilMs: 0 };
    expect(readBreaker(undefined)).toEqual(closed);
    expect(readBreaker({ pk: { S: 'breaker#mavera' } })).toEqual(closed);
  });

  it('the breaker is read with all its attributes', () => {
    const item = {
      failures: { N: '3' },
      openUntilMs: { N: '1767225600000' },
      openedAtMs: { N: '1767225570000' },
      opens: { N: '2' },
      reason: { S: 'mavera_402 credits_exhausted' },
      probe: { S: 'a'.repeat(40) },
      probeUntilMs: { N: '1767225750000' },
    };
    expect(readBreaker(item)).toEqual({
      failures: 3,
      openUntilMs: 1_767_225_600_000,
      opens: 2,
      reason: 'mavera_402 credits_exhausted',
      probe: 'a'.repeat(40),
      probeUntilMs: 1_767_225_750_000,
    });
  });
});
