import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import { describe, expect, it } from 'vitest';
import { callsUnderWay } from '../../../functions/ledger/caps.ts';
import { heldUntilMs } from '../../../functions/ledger/pace.ts';
import { readUsage } from '../../../functions/ledger/usage.ts';

const nowMs = 1_767_225_600_000;

describe('the calls of a kind that are under way', () => {
  const cap = (holders: Readonly<Record<string, number>>): Record<string, AttributeValue> => ({
    holders: {
      M: Object.fromEntries(Object.entries(holders).map(([runId, lease]) => [runId, { N: `${lease}` }])),
    },
  });

  it('are none where none ever was', () => {
    expect(callsUnderWay(undefined, 'me', nowMs)).toBe(0);
    expect(callsUnderWay({ pk: { S: 'cap#askMave' } }, 'me', nowMs)).toBe(0);
  });

  it('are those of other runs: its own place does not keep a run back', () => {
    expect(callsUnderWay(cap({ me: nowMs + 1, a: nowMs + 1, b: nowMs + 60_000 }), 'me', nowMs)).toBe(2);
  });

  it('are not those that nothing was heard of in their time', () => {
    expect(callsUnderWay(cap({ a: nowMs, b: nowMs - 1, c: nowMs + 1 }), 'me', nowMs)).toBe(1);
  });
});

describe('the last look at the account', () => {
  const item = {
    creditsRemaining: { N: '49.5' },
    creditsIncluded: { N: '500' },
    readAtMs: { N: `${nowMs}` },
  };

  it('is none before anybody has looked, though somebody is about to', () => {
    expect(readUsage(undefined)).toBeUndefined();
    expect(readUsage({ readingUntilMs: { N: `${nowMs}` } })).toBeUndefined();
  });

  it('has what Mavera said, and when', () => {
    const whole = { ...item, autoRecharge: { N: '1' }, requestsPerMinute: { N: '120' } };
    expect(readUsage(whole)).toEqual({
      creditsRemaining: 49.5,
      creditsIncluded: 500,
      autoRecharge: true,
      requestsPerMinute: 120,
      readAtMs: nowMs,
    });
  });

  it('has no rate limit where Mavera named none, and buys nothing where it said so or nothing of it', () => {
    expect(readUsage(item)).toMatchObject({ autoRecharge: false, requestsPerMinute: undefined });
    expect(readUsage({ ...item, autoRecharge: { N: '0' } })).toMatchObject({ autoRecharge: false });
  });

  it('is one still when it was found out to be outdated', () => {
    expect(readUsage({ ...item, readAtMs: { N: '0' } })).toMatchObject({ readAtMs: 0 });
  });
});

describe('the time that Mavera has asked everybody to wait', () => {
  it('is none where it never has', () => {
    expect(heldUntilMs(undefined)).toBe(0);
    expect(heldUntilMs({ nextSlotAtMs: { N: `${nowMs}` } })).toBe(0);
  });

  it('is that of the ledger', () => {
    expect(heldUntilMs({ heldUntilMs: { N: `${nowMs}` } })).toBe(nowMs);
  });
});
