import { describe, expect, it } from 'vitest';
import { type Health, healthOf } from '../../../functions/run/callAtSlot.ts';
import type { CallAnswer } from '../../../functions/systems/callAnswer.ts';

const refused = (status: number): CallAnswer => ({
  kind: 'refused',
  error: { status, code: 'some_code', message: 'Some words.' },
});

describe('what an answer says about the health of Mavera', () => {
  it('Mavera is well when it has done the work', () => {
    expect(healthOf({ kind: 'answered', status: 200, json: {} })).toBe<Health>('well');
  });

  it.each([301, 403, 404, 413])(
    'all calls count as refused when something in front of Mavera blocks with status %d',
    (status) => {
      expect(healthOf({ kind: 'blocked', status, detail: 'HTML' })).toBe<Health>('account');
    },
  );

  it('a 429 of a gateway says nothing about the health of Mavera', () => {
    expect(healthOf({ kind: 'blocked', status: 429, detail: 'HTML' })).toBe<Health>('neither');
  });

  it('Mavera is down when a success has an unknown error inside', () => {
    expect(healthOf(refused(200))).toBe<Health>('down');
  });

  it.each([400, 403, 404, 409, 413, 422])(
    'Mavera is well when the request itself was wrong: %d',
    (status) => {
      expect(healthOf(refused(status))).toBe<Health>('well');
    },
  );

  it.each([401, 402, 301, 302, 308])('all calls count as refused after status %d', (status) => {
    expect(healthOf(refused(status))).toBe<Health>('account');
  });

  it('a 429 says nothing about the health of Mavera, so that it does not open the breaker', () => {
    expect(healthOf(refused(429))).toBe<Health>('neither');
  });

  it.each([408, 425, 500, 502, 503, 504, 520, 599])('Mavera is down after status %d', (status) => {
    expect(healthOf(refused(status))).toBe<Health>('down');
  });

  it.each(['unreachable', 'lost'] as const)('Mavera is down when there was no answer to read: %s', (kind) => {
    expect(healthOf({ kind, detail: 'no answer' })).toBe<Health>('down');
  });
});
