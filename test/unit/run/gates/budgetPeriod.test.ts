import * as fc from 'fast-check';
import { afterEach, describe, expect, it, vi } from 'vitest';
import {
  type BudgetPeriod,
  budgetKey,
  periodEndMs,
  periodName,
} from '../../../../functions/run/gates/budgetGate.ts';

afterEach(() => {
  vi.unstubAllEnvs();
});

const dayMs = 86_400_000;
const anyMoment = fc.integer({ min: Date.parse('2000-01-01'), max: Date.parse('2200-01-01') });
const anyPeriod = fc.constantFrom<BudgetPeriod>('day', 'month');

describe('the day or month of a budget', () => {
  it("a budget's day or month has the name of the UTC date", () => {
    const nowMs = Date.parse('2026-11-21T23:59:59.999Z');
    expect(periodName('day', nowMs)).toBe('2026-11-21');
    expect(periodName('month', nowMs)).toBe('2026-11');
    expect(budgetKey('churn-signal', 'day', nowMs)).toBe('budget#churn-signal#2026-11-21');
    expect(budgetKey('*', 'month', nowMs)).toBe('budget#*#2026-11');
  });

  it.each(['America/New_York', 'Pacific/Auckland'])(
    'a period does not depend on the time zone: %s',
    (zone) => {
      vi.stubEnv('TZ', zone);
      for (const [time, day, month, end] of [
        ['2026-11-30T23:30:00Z', '2026-11-30', '2026-11', '2026-12-01'],
        ['2026-12-01T00:30:00Z', '2026-12-01', '2026-12', '2027-01-01'],
      ] as const) {
        const nowMs = Date.parse(time);
        expect(new Date(nowMs).getTimezoneOffset()).not.toBe(0);
        expect(periodName('day', nowMs)).toBe(day);
        expect(periodName('month', nowMs)).toBe(month);
        expect(periodEndMs('month', nowMs)).toBe(Date.parse(end));
      }
    },
  );

  it('a period ends where the next one begins and its name changes', () => {
    fc.assert(
      fc.property(anyPeriod, anyMoment, (period, nowMs) => {
        const endMs = periodEndMs(period, nowMs);
        expect(endMs).toBeGreaterThan(nowMs);
        expect(periodName(period, endMs - 1)).toBe(periodName(period, nowMs));
        expect(periodName(period, endMs)).not.toBe(periodName(period, nowMs));
      }),
    );
  });

  it('a period ends at midnight UTC, a month on the first of the next one', () => {
    fc.assert(
      fc.property(anyMoment, (nowMs) => {
        expect(periodEndMs('day', nowMs) % dayMs).toBe(0);
        expect(periodEndMs('day', nowMs) - nowMs).toBeLessThanOrEqual(dayMs);
        const monthEndMs = periodEndMs('month', nowMs);
        expect(new Date(monthEndMs).toISOString()).toMatch(/^\d{4}-\d{2}-01T00:00:00\.000Z$/);
        const monthBeginsMs = Date.parse(`${periodName('month', nowMs)}-01`);
        expect([28, 29, 30, 31]).toContain((monthEndMs - monthBeginsMs) / dayMs);
      }),
    );
  });

  it('the names of periods sort by time', () => {
    fc.assert(
      fc.property(anyPeriod, anyMoment, anyMoment, (period, one, other) => {
        const [earlier = 0, later = 0] = [one, other].sort((a, b) => a - b);
        expect(periodName(period, earlier) <= periodName(period, later)).toBe(true);
      }),
    );
  });
});
