import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { MaveraError } from '../../../functions/mavera/maveraAnswer.ts';
import { decideRetry, type RetryDecision, type RetryTerms } from '../../../functions/run/retryDecision.ts';

const minuteMs = 60_000;
const terms: RetryTerms = { attempts: 1, maxAttempts: 8, random: () => 0.5 };

function decideOnStatus(status: number, changes: Partial<RetryTerms & MaveraError> = {}): RetryDecision {
  const error = { status, code: 'some_code', message: 'Some words.', retryAfterMs: changes.retryAfterMs };
  return decideRetry({ kind: 'refused', error }, { ...terms, ...changes });
}

const passingStatus = fc.constantFrom(408, 425, 429, 500, 502, 503, 504, 520);
const random = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true });

describe("a call that failed for nobody's fault", () => {
  it.each([
    [{ kind: 'unreachable', detail: 'ECONNREFUSED' }, 'mavera_unreachable'],
    [{ kind: 'lost', detail: 'no answer' }, 'answer_lost'],
  ] as const)('is made again, and counts: %j', (answer, reason) => {
    expect(decideRetry(answer, terms)).toEqual({ kind: 'wait', delayMs: 1_000, reason, counts: true });
  });

  it.each([408, 425, 429, 500, 502, 503, 504])('is made again, and counts: %d', (status) => {
    expect(decideOnStatus(status)).toEqual({
      kind: 'wait',
      delayMs: 1_000,
      reason: `mavera_${status}`,
      counts: true,
    });
  });

  it('waits anything from nothing to twice as long each time, up to 15 minutes (full jitter)', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 10_000 }), random, passingStatus, (attempts, drawn, status) => {
        const decision = decideOnStatus(status, { attempts, maxAttempts: 10_001, random: () => drawn });
        const longestMs = Math.min(15 * minuteMs, 2_000 * 2 ** (attempts - 1));
        expect(decision).toMatchObject({ kind: 'wait', delayMs: drawn * longestMs });
      }),
    );
  });

  it('never waits less than Retry-After, and still spreads over the jitter', () => {
    const retryAfter = fc.integer({ min: 0, max: 3_600_000 });
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 7 }), random, retryAfter, (attempts, drawn, retryAfterMs) => {
        const decision = decideOnStatus(429, { attempts, retryAfterMs, random: () => drawn });
        const delayMs = decision.kind === 'wait' ? decision.delayMs : -1;
        expect(delayMs).toBeGreaterThanOrEqual(retryAfterMs);
        expect(delayMs).toBeLessThanOrEqual(retryAfterMs + 2_000 * 2 ** (attempts - 1));
      }),
    );
  });

  it('is given up with the last of its attempts, saying how many and why', () => {
    expect(decideOnStatus(503, { attempts: 7 }).kind).toBe('wait');
    expect(decideOnStatus(503, { attempts: 8 })).toEqual({
      kind: 'fail',
      reason: 'attempts_exhausted',
      detail: '8 calls; the last: Mavera answered 503 some_code: Some words.',
    });
    expect(decideRetry({ kind: 'unreachable', detail: 'ECONNREFUSED' }, { ...terms, attempts: 8 })).toEqual({
      kind: 'fail',
      reason: 'attempts_exhausted',
      detail: '8 calls; the last: ECONNREFUSED',
    });
  });

  it('is not given up for a lost answer, of which it has to be found out first what was done', () => {
    const decision = decideRetry({ kind: 'lost', detail: 'no answer' }, { ...terms, attempts: 8 });
    expect(decision).toMatchObject({ kind: 'wait', reason: 'answer_lost' });
  });

  it('is given up at any number of attempts beyond the limit', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 50 }), fc.nat(50), passingStatus, (maxAttempts, more, status) => {
        const { kind } = decideOnStatus(status, { attempts: maxAttempts + more, maxAttempts });
        expect(kind).toBe('fail');
      }),
    );
  });
});

describe("a call that failed for the account's fault", () => {
  it('never counts and is never given up, however often it fails; it waits one to two minutes', () => {
    fc.assert(
      fc.property(fc.constantFrom(401, 402), fc.nat(1_000), random, (status, attempts, drawn) => {
        const decision = decideOnStatus(status, { attempts, random: () => drawn });
        expect(decision).toEqual({
          kind: 'wait',
          delayMs: minuteMs + drawn * minuteMs,
          reason: `mavera_${status}`,
          counts: false,
        });
      }),
    );
  });
});

describe("a call that failed for the request's own fault", () => {
  it.each([400, 403, 404, 409, 413, 422, 302])(
    'ends the run at once, with what Mavera said: %d',
    (status) => {
      expect(decideOnStatus(status)).toEqual({
        kind: 'fail',
        reason: `mavera_${status}`,
        detail: `Mavera answered ${status} some_code: Some words.`,
      });
    },
  );
});
