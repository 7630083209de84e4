import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decideRetry, type RetryDecision, type RetryOptions } from '../../../functions/run/retryDecision.ts';
import type { SystemError } from '../../../functions/systems/callAnswer.ts';

const minuteMs = 60_000;
const defaults: RetryOptions = { attempts: 1, maxAttempts: 8, random: () => 0.5 };

function decideOnStatus(status: number, changes: Partial<RetryOptions & SystemError> = {}): RetryDecision {
  const error = { status, code: 'some_code', message: 'Some words.', retryAfterMs: changes.retryAfterMs };
  return decideRetry({ kind: 'refused', error }, { ...defaults, ...changes });
}

const countedStatus = fc.constantFrom(200, 408, 425, 500, 502, 504, 520);
/** Has so few bits that the arithmetic does not round, whatever its order. */
const random = fc.integer({ min: 0, max: 2 ** 20 - 1 }).map((drawn) => drawn / 2 ** 20);
const unreachable = { kind: 'unreachable', detail: 'ECONNREFUSED' } as const;

describe('a call that failed for a passing reason', () => {
  it.each([200, 408, 425, 500, 502, 504, 520])(
    'a call that was answered %d is repeated and counts as an attempt',
    (status) => {
      expect(decideOnStatus(status)).toEqual({
        kind: 'wait',
        delayMs: 5_000,
        reason: `mavera_${status}`,
        counts: 'as_one',
      });
    },
  );

  it('a retry waits a random time below 10 s, doubled each time up to 15 minutes (full jitter)', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 10_000 }), random, countedStatus, (attempts, drawn, status) => {
        const decision = decideOnStatus(status, { attempts, maxAttempts: 10_001, random: () => drawn });
        const longestMs = Math.min(15 * minuteMs, 10_000 * 2 ** (attempts - 1));
        expect(decision).toMatchObject({ kind: 'wait', delayMs: drawn * longestMs });
      }),
    );
  });

  it('a retry waits for Retry-After plus the jitter', () => {
    const retryAfter = fc.integer({ min: 0, max: 3_600_000 });
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 7 }),
        random,
        retryAfter,
        countedStatus,
        (attempts, drawn, retryAfterMs, status) => {
          const decision = decideOnStatus(status, { attempts, retryAfterMs, random: () => drawn });
          const jitterMs = drawn * Math.min(15 * minuteMs, 10_000 * 2 ** (attempts - 1));
          expect(decision).toMatchObject({ kind: 'wait', delayMs: retryAfterMs + jitterMs });
        },
      ),
    );
  });

  it('the run fails after its last attempt, and the detail says how many there were and why', () => {
    expect(decideOnStatus(500, { attempts: 7 }).kind).toBe('wait');
    expect(decideOnStatus(500, { attempts: 8 })).toEqual({
      kind: 'fail',
      reason: 'attempts_exhausted',
      detail: '8 calls were made. The last one: Mavera answered 500 some_code: Some words.',
      spent: 'estimate',
    });
    expect(decideOnStatus(425, { attempts: 8 })).toMatchObject({ kind: 'fail', spent: 'nothing' });
  });

  it('the run fails at any number of attempts beyond the limit', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 50 }), fc.nat(50), countedStatus, (maxAttempts, more, status) => {
        const { kind } = decideOnStatus(status, { attempts: maxAttempts + more, maxAttempts });
        expect(kind).toBe('fail');
      }),
    );
  });
});

describe('a call that met a limit or an outage', () => {
  const attemptsAtAll = fc.nat(1_000);

  it('a call that did not reach Mavera is repeated within 30 s, never counts and never fails its run', () => {
    fc.assert(
      fc.property(attemptsAtAll, random, (attempts, drawn) => {
        expect(decideRetry(unreachable, { ...defaults, attempts, random: () => drawn })).toEqual({
          kind: 'wait',
          delayMs: drawn * 30_000,
          reason: 'mavera_unreachable',
          counts: 'as_none',
        });
      }),
    );
  });

  it.each([
    [429, 30_000],
    [503, 0],
  ])(
    'after a %d without Retry-After a call waits %d ms and up to 30 s more, never counts and never fails its run',
    (status, leastMs) => {
      fc.assert(
        fc.property(attemptsAtAll, random, (attempts, drawn) => {
          expect(decideOnStatus(status, { attempts, random: () => drawn })).toEqual({
            kind: 'wait',
            delayMs: leastMs + drawn * 30_000,
            reason: `mavera_${status}`,
            counts: 'as_none',
          });
        }),
      );
    },
  );

  it.each([429, 503])(
    'after a %d a call waits for Retry-After, which may be 0, and up to 30 s more',
    (status) => {
      const retryAfter = fc.oneof(fc.constant(0), fc.integer({ min: 0, max: 3_600_000 }));
      fc.assert(
        fc.property(attemptsAtAll, random, retryAfter, (attempts, drawn, retryAfterMs) => {
          expect(decideOnStatus(status, { attempts, retryAfterMs, random: () => drawn })).toEqual({
            kind: 'wait',
            delayMs: retryAfterMs + drawn * 30_000,
            reason: `mavera_${status}`,
            counts: 'as_none',
          });
        }),
      );
    },
  );
});

describe('a call whose answer was lost', () => {
  it.each([
    [{ kind: 'lost', detail: 'no answer' }, 'answer_lost', 'as_one'],
    [{ kind: 'lost', status: 200, detail: 'no JSON' }, 'answer_unreadable', 'as_one'],
    [{ kind: 'lost', status: 504, detail: 'HTML' }, 'answer_lost', 'as_one'],
  ] as const)(
    'a call whose answer was lost waits as long as other failed calls and never fails its run here: %j',
    (answer, reason, counts) => {
      fc.assert(
        fc.property(fc.integer({ min: 1, max: 1_000 }), random, (attempts, drawn) => {
          expect(decideRetry(answer, { ...defaults, attempts, random: () => drawn })).toEqual({
            kind: 'wait',
            delayMs: drawn * Math.min(15 * minuteMs, 10_000 * 2 ** (attempts - 1)),
            reason,
            counts,
          });
        }),
      );
    },
  );
});

describe('a call that failed because of the account', () => {
  const accountStatus = fc.oneof(fc.constantFrom(401, 402), fc.integer({ min: 300, max: 399 }));

  it('a call that failed because of the account waits one to two minutes, never counts and never fails its run', () => {
    fc.assert(
      fc.property(accountStatus, fc.nat(1_000), random, (status, attempts, drawn) => {
        const decision = decideOnStatus(status, { attempts, random: () => drawn });
        expect(decision).toEqual({
          kind: 'wait',
          delayMs: minuteMs + drawn * minuteMs,
          reason: `mavera_${status}`,
          counts: 'as_none',
        });
      }),
    );
  });
});

describe('a call that something in front of Mavera blocked', () => {
  const blocked = (status: number, retryAfterMs?: number): Parameters<typeof decideRetry>[0] => ({
    kind: 'blocked',
    status,
    detail: 'HTML',
    retryAfterMs,
  });

  it.each([
    [400, 'mavera_blocked'],
    [401, 'mavera_blocked'],
    [403, 'mavera_blocked'],
    [404, 'mavera_blocked'],
    [405, 'mavera_blocked'],
    [413, 'mavera_blocked'],
    [307, 'mavera_307'],
  ])('a blocked call never counts and never fails its run: %d', (status, reason) => {
    expect(decideRetry(blocked(status), { ...defaults, attempts: 1_000 })).toEqual({
      kind: 'wait',
      delayMs: 1.5 * minuteMs,
      reason,
      counts: 'as_none',
    });
  });

  it.each([
    [undefined, 45_000],
    [0, 15_000],
    [60_000, 75_000],
  ])('a blocked call with status 429 waits for Retry-After: %j', (retryAfterMs, delayMs) => {
    expect(decideRetry(blocked(429, retryAfterMs), { ...defaults, attempts: 1_000 })).toEqual({
      kind: 'wait',
      delayMs,
      reason: 'mavera_429',
      counts: 'as_none',
    });
  });
});

describe('a call that failed because of its request', () => {
  it.each([400, 403, 404, 409, 413, 422])(
    'a refused request fails the run at once, with what Mavera said: %d',
    (status) => {
      expect(decideOnStatus(status)).toEqual({
        kind: 'fail',
        reason: `mavera_${status}`,
        detail: `Mavera answered ${status} some_code: Some words.`,
        spent: 'nothing',
      });
    },
  );
});
