import { describe, expect, it } from 'vitest';
import type { CallAnswer } from '../../../functions/systems/callAnswer.ts';
import { retryAfterHold } from '../../../functions/systems/readResponse.ts';

const nowMs = 1_800_000_000_000;
const resetAtMs = nowMs + 30_000;

function refused(status: number, retryAfterMs?: number): CallAnswer {
  return { kind: 'refused', error: { status, code: 'a_code', message: '', retryAfterMs } };
}

describe('the retry-after hold', () => {
  it('the retry-after hold lasts as long as a 429 says', () => {
    expect(retryAfterHold(refused(429, 5_000), nowMs)).toBe(nowMs + 5_000);
  });

  it('the retry-after hold lasts as long as the 429 of a gateway says', () => {
    const blocked = { kind: 'blocked', status: 429, detail: 'HTML', retryAfterMs: 5_000 } as const;
    expect(retryAfterHold(blocked, nowMs)).toBe(nowMs + 5_000);
  });

  it('the retry-after hold lasts until the rate limit is reset when nothing of it remains', () => {
    const rateLimit = { remaining: 0, resetAtMs };
    expect(retryAfterHold({ kind: 'answered', status: 200, json: {}, rateLimit }, nowMs)).toBe(resetAtMs);
    expect(retryAfterHold({ ...refused(429), rateLimit } as CallAnswer, nowMs)).toBe(resetAtMs);
  });

  it.each<[string, CallAnswer]>([
    ['a 429 that does not say how long', refused(429)],
    ['another refusal, though it says how long', refused(503, 5_000)],
    [
      'a limit with something left',
      { kind: 'answered', status: 200, json: {}, rateLimit: { remaining: 1, resetAtMs } },
    ],
    ['an answer without rate-limit headers', { kind: 'answered', status: 200, json: {} }],
    ['a lost answer', { kind: 'lost', detail: '' }],
  ])('no retry-after hold begins after %s', (_what, answer) => {
    expect(retryAfterHold(answer, nowMs)).toBeUndefined();
  });
});
