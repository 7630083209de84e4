import { describe, expect, it } from 'vitest';
import {
  type CallAnswer,
  faultOf,
  isThrottled,
  mayBeBilled,
  retryAfterMsOf,
  statusOf,
} from '../../../functions/systems/callAnswer.ts';

const refused = (status: number, retryAfterMs?: number): CallAnswer => ({
  kind: 'refused',
  error: { status, code: 'some_code', message: 'Some words.', retryAfterMs },
});
const blocked = (status: number, retryAfterMs?: number): CallAnswer => ({
  kind: 'blocked',
  status,
  detail: 'HTML',
  retryAfterMs,
});
const answered: CallAnswer = { kind: 'answered', status: 200, json: {} };
const lost: CallAnswer = { kind: 'lost', detail: 'the connection broke' };
const unreachable: CallAnswer = { kind: 'unreachable', detail: 'ECONNREFUSED' };

describe('who caused an error of Mavera', () => {
  it.each([
    [200, 'passing'],
    [408, 'passing'],
    [429, 'passing'],
    [500, 'passing'],
    [503, 'passing'],
    [401, 'account'],
    [402, 'account'],
    [302, 'account'],
    [400, 'request'],
    [403, 'request'],
    [404, 'request'],
  ])('the fault of an error with status %d is "%s"', (status, fault) => {
    expect(faultOf({ status, code: 'unknown', message: '' })).toBe(fault);
  });
});

describe('whether a call may have cost credits', () => {
  it.each([
    ['a success', answered],
    ['a lost answer', lost],
    ['an error 500 of Mavera', refused(500)],
    ['an unknown error in a success', refused(200)],
  ])('%s may be billed', (_what, answer) => {
    expect(mayBeBilled(answer)).toBe(true);
  });

  it.each([
    ['a call without a connection', unreachable],
    ['a blocked call', blocked(403)],
    ['an error 503 of Mavera', refused(503)],
    ['a rate limit of Mavera', refused(429)],
    ['an error 400 of Mavera', refused(400)],
    ['an error 402 of Mavera', refused(402)],
  ])('%s is not billed', (_what, answer) => {
    expect(mayBeBilled(answer)).toBe(false);
  });
});

describe('what an answer asks for', () => {
  it.each([
    [refused(429), true],
    [blocked(429), true],
    [refused(503), false],
    [blocked(403), false],
    [{ ...lost, status: 429 } as CallAnswer, false],
    [answered, false],
    [unreachable, false],
  ])('a 429 is a rate limit, whoever answers it: %j', (answer, throttled) => {
    expect(isThrottled(answer)).toBe(throttled);
  });

  it.each([
    [refused(429, 5_000), 5_000],
    [blocked(429, 7_000), 7_000],
    [refused(429), undefined],
    [answered, undefined],
    [lost, undefined],
  ])('Retry-After is read from refusals and blocks: %j', (answer, ms) => {
    expect(retryAfterMsOf(answer)).toBe(ms);
  });

  it.each([
    [refused(402), 402],
    [blocked(403), 403],
    [{ ...lost, status: 504 } as CallAnswer, 504],
    [lost, undefined],
    [answered, undefined],
    [unreachable, undefined],
  ])('the status of a failure is known where one came: %j', (answer, status) => {
    expect(statusOf(answer)).toBe(status);
  });
});
