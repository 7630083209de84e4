import { describe, expect, it } from 'vitest';
import type { MaveraAnswer } from '../../../functions/mavera/maveraAnswer.ts';
import { type Health, healthOf } from '../../../functions/run/callAtSlot.ts';

const refused = (status: number): MaveraAnswer => ({
  kind: 'refused',
  error: { status, code: 'some_code', message: 'Some words.' },
});

describe('what an answer says of Mavera', () => {
  it('is that it is well, when it has done the work', () => {
    expect(healthOf({ kind: 'answered', json: {} })).toBe<Health>('well');
  });

  it.each([301, 403, 404, 413])(
    'is that all calls are refused, when something in front of it blocks: %d',
    (status) => {
      expect(healthOf({ kind: 'blocked', status, detail: 'HTML' })).toBe<Health>('account');
    },
  );

  it('is nothing of its health, when a gateway limits the rate', () => {
    expect(healthOf({ kind: 'blocked', status: 429, detail: 'HTML' })).toBe<Health>('neither');
  });

  it('is that it is down, when an unknown error is inside a success', () => {
    expect(healthOf(refused(200))).toBe<Health>('down');
  });

  it.each([400, 403, 404, 409, 413, 422])(
    'is that it is well, when the request itself was wrong: %d',
    (status) => {
      expect(healthOf(refused(status))).toBe<Health>('well');
    },
  );

  it.each([401, 402, 301, 302, 308])('is that it refuses all that we ask: %d', (status) => {
    expect(healthOf(refused(status))).toBe<Health>('account');
  });

  it('is nothing of its health, when it only is busy: a 429 must not open the breaker', () => {
    expect(healthOf(refused(429))).toBe<Health>('neither');
  });

  it.each([408, 425, 500, 502, 503, 504, 520, 599])('is that it is down: %d', (status) => {
    expect(healthOf(refused(status))).toBe<Health>('down');
  });

  it.each(['unreachable', 'lost'] as const)(
    'is that it is down, when there was no answer to read: %s',
    (kind) => {
      expect(healthOf({ kind, detail: 'no answer' })).toBe<Health>('down');
    },
  );
});
