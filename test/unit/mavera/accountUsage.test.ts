import { describe, expect, it } from 'vitest';
import { readAccountUsage } from '../../../functions/mavera/accountUsage.ts';
import { describeSchemaError, isSchemaError } from '../../../functions/schema/schemaError.ts';

/** The answer of Mavera's API reference, "Get usage statistics", as far as it is read. */
const documented = {
  object: 'usage',
  billing_period: { start: '2024-03-01T00:00:00.000Z', end: '2024-03-31T23:59:59.999Z' },
  credits: { used: 2_500, included: 5_000, remaining: 2_500, percentage_used: 50 },
  api_requests: { total_requests: 1_250, credits_used: 2_500 },
  rate_limit: { requests_per_minute: 120 },
  auto_recharge: { enabled: true, threshold: 100, credits_to_add: 1_000 },
  limits: { budget_alert: 4_000, usage_limit: null },
};

function problemOf(json: unknown): string {
  try {
    readAccountUsage(json);
  } catch (error) {
    return isSchemaError(error) ? describeSchemaError(error) : `no schema error: ${String(error)}`;
  }
  throw new Error('it was read');
}

describe("the account's usage", () => {
  it('the documented usage answer is read', () => {
    expect(readAccountUsage(documented)).toEqual({
      creditsRemaining: 2_500,
      creditsIncluded: 5_000,
      autoRecharge: true,
      requestsPerMinute: 120,
    });
  });

  it('usage may consist of the remaining credits alone', () => {
    expect(readAccountUsage({ credits: { remaining: 0 } })).toEqual({
      creditsRemaining: 0,
      creditsIncluded: 0,
      autoRecharge: false,
      requestsPerMinute: undefined,
    });
  });

  it.each([undefined, null, {}, { enabled: null }, { enabled: false }])(
    'the account recharges itself only if Mavera says so: auto_recharge %j',
    (auto_recharge) => {
      expect(readAccountUsage({ ...documented, auto_recharge }).autoRecharge).toBe(false);
    },
  );

  it.each([undefined, null, {}, { requests_per_minute: null }])(
    'usage without a rate limit is read: %j',
    (rate_limit) => {
      expect(readAccountUsage({ ...documented, rate_limit }).requestsPerMinute).toBeUndefined();
    },
  );

  it.each([0, -1, 1e-9, 1e126, Number.NaN, '120', true, []])(
    'an impossible rate limit counts as absent, and the credits are still read: %j',
    (requests_per_minute) => {
      expect(readAccountUsage({ ...documented, rate_limit: { requests_per_minute } })).toEqual({
        creditsRemaining: 2_500,
        creditsIncluded: 5_000,
        autoRecharge: true,
        requestsPerMinute: undefined,
      });
    },
  );

  it.each([
    [{ rate_limit: 'none' }, { requestsPerMinute: undefined }],
    [{ auto_recharge: 'yes' }, { autoRecharge: false }],
    [{ auto_recharge: { enabled: 1 } }, { autoRecharge: false }],
    [{ credits: { remaining: 2_500, included: '5000' } }, { creditsIncluded: 0 }],
  ])('a member of another type counts as absent: %j', (changes, expected) => {
    expect(readAccountUsage({ ...documented, ...changes })).toMatchObject({
      creditsRemaining: 2_500,
      ...expected,
    });
  });

  it('an account may have spent more credits than included', () => {
    const credits = { remaining: -20, included: 500 };
    expect(readAccountUsage({ credits }).creditsRemaining).toBe(-20);
  });

  it.each([
    [{}, 'credits'],
    [{ credits: null }, 'credits'],
    [{ credits: {} }, 'credits.remaining'],
    [{ credits: { remaining: '2500' } }, 'credits.remaining'],
    [{ credits: { remaining: 1e126 } }, 'credits.remaining'],
    [null, 'expected object'],
    [[], 'expected object'],
  ])('usage that is not as documented is refused, and the message names the field (%#)', (json, field) => {
    expect(problemOf(json)).toContain(field);
  });
});
