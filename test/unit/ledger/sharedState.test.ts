import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import { describe, expect, it } from 'vitest';
import { callsUnderWay } from '../../../functions/ledger/caps.ts';
import { heldUntilMs } from '../../../functions/ledger/pace.ts';
import { readUsage } from '../../../functions/ledger/sharedState.ts';

const nowMs = 1_767_225_600_000;

describe('the calls of a kind that are under way', () => {
  const cap = (holders: Readonly<Record<string, number>>): Record<string, AttributeValue> => ({
    holders: {
      M: Object.fromEntries(Object.entries(holders).map(([runId, lease]) => [runId, { N: `${lease}` }])),
    },
  });

  it('no calls are under way where there never was one', () => {
    expect(callsUnderWay(undefined, 'me', nowMs)).toBe(0);
    expect(callsUnderWay({ pk: { S: 'cap#askMave' } }, 'me', nowMs)).toBe(0);
  });

  it('a run does not count its own call as under way', () => {
    expect(callsUnderWay(cap({ me: nowMs + 1, a: nowMs + 1, b: nowMs + 60_000 }), 'me', nowMs)).toBe(2);
  });

  it('a call whose lease has ended is not under way', () => {
    expect(callsUnderWay(cap({ a: nowMs, b: nowMs - 1, c: nowMs + 1 }), 'me', nowMs)).toBe(1);
  });
});

describe('the usage of the account', () => {
  const item = {
    creditsRemaining: { N: '49.5' },
    creditsIncluded: { N: '500' },
    readAtMs: { N: `${nowMs}` },
  };

  it('usage is unknown before it was first read, also while it is being read', () => {
    expect(readUsage(undefined)).toBeUndefined();
    expect(readUsage({ readingUntilMs: { N: `${nowMs}` } })).toBeUndefined();
  });

  it('usage is read with what Mavera said, and when', () => {
    const whole = { ...item, autoRecharge: { N: '1' }, requestsPerMinute: { N: '120' } };
    expect(readUsage(whole)).toEqual({
      creditsRemaining: 49.5,
      creditsIncluded: 500,
      autoRecharge: true,
      requestsPerMinute: 120,
      readAtMs: nowMs,
    });
  });

  it('usage has a rate limit or automatic recharge only where Mavera named it', () => {
    expect(readUsage(item)).toMatchObject({ autoRecharge: false, requestsPerMinute: undefined });
    expect(readUsage({ ...item, autoRecharge: { N: '0' } })).toMatchObject({ autoRecharge: false });
  });

  it('outdated usage is still known', () => {
    expect(readUsage({ ...item, readAtMs: { N: '0' } })).toMatchObject({ readAtMs: 0 });
  });
});

describe('the time that Mavera has asked all callers to wait', () => {
  it('there is no hold where Mavera never asked to wait', () => {
    expect(heldUntilMs(undefined)).toBe(0);
    expect(heldUntilMs({ nextSlotAtMs: { N: `${nowMs}` } })).toBe(0);
  });

  it('the hold is read from the ledger', () => {
    expect(heldUntilMs({ heldUntilMs: { N: `${nowMs}` } })).toBe(nowMs);
  });
});
