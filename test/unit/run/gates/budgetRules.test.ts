import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { OperatorSettings } from '../../../../functions/ledger/sharedState.ts';
import {
  applyingBudgets,
  isStillRight,
  type OverallBudget,
  possibleBudgetKeys,
  waitForBudget,
} from '../../../../functions/run/gates/budgetGate.ts';
import type { ApplyingBudget } from '../../../../functions/run/gates/gate.ts';
import type { Budget } from '../../../../functions/triggers/trigger.ts';
import { gatedRun } from './gatedRuns.ts';

const dayMs = 86_400_000;
const minuteMs = 60_000;
const at = (time: string): number => Date.parse(time);
const nowMs = at('2026-11-21T12:00:00Z');

interface Given {
  readonly budget?: Budget;
  readonly overall?: OverallBudget;
  readonly set?: Readonly<Record<string, number>>;
  readonly atMs?: number;
}

/** The budgets that the runs of `plan-upgraded` are paid from. */
function budgets({ budget, overall, set = {}, atMs = nowMs }: Given): readonly ApplyingBudget[] {
  const { trigger } = gatedRun({ trigger: budget === undefined ? {} : { budget } });
  const operator: OperatorSettings = {
    pausedSinceMs: new Map(),
    budgetCredits: new Map(Object.entries(set)),
  };
  return applyingBudgets(trigger, overall, operator, atMs);
}

const keysAndCredits = (found: readonly ApplyingBudget[]): readonly (readonly [string, number])[] =>
  found.map(({ key, credits }) => [key, credits]);

describe('the budgets that apply to a run', () => {
  it('no budget applies when none is set', () => {
    expect(budgets({})).toEqual([]);
  });

  it("the trigger's own budget and the overall one apply, each in its own period", () => {
    const budget = { credits: 500, per: 'month' } as const;
    const overall = { credits: 1_000, per: 'day' } as const;
    expect(budgets({ budget, overall })).toEqual([
      {
        key: 'budget#plan-upgraded#2026-11',
        credits: 500,
        endsAtMs: at('2026-12-01T00:00:00Z'),
        expiresAtSeconds: (at('2026-12-01T00:00:00Z') + 90 * dayMs) / 1_000,
        isOverall: false,
      },
      {
        key: 'budget#*#2026-11-21',
        credits: 1_000,
        endsAtMs: at('2026-11-22T00:00:00Z'),
        expiresAtSeconds: (at('2026-11-22T00:00:00Z') + 90 * dayMs) / 1_000,
        isOverall: true,
      },
    ]);
  });

  it('one budget applies when only one is set', () => {
    expect(keysAndCredits(budgets({ budget: { credits: 5, per: 'day' } }))).toEqual([
      ['budget#plan-upgraded#2026-11-21', 5],
    ]);
    expect(keysAndCredits(budgets({ overall: { credits: 7, per: 'month' } }))).toEqual([
      ['budget#*#2026-11', 7],
    ]);
  });

  it.each([
    ['the last moment of a day', 'day', '2026-11-21T23:59:59.999Z', '2026-11-21', '2026-11-22T00:00:00Z'],
    ['the first moment of a day', 'day', '2026-11-22T00:00:00.000Z', '2026-11-22', '2026-11-23T00:00:00Z'],
    ['the last day of a month', 'day', '2026-11-30T12:00:00Z', '2026-11-30', '2026-12-01T00:00:00Z'],
    ['the last day of a year', 'day', '2026-12-31T12:00:00Z', '2026-12-31', '2027-01-01T00:00:00Z'],
    ['the day before a leap day', 'day', '2028-02-28T12:00:00Z', '2028-02-28', '2028-02-29T00:00:00Z'],
    ['a leap day', 'day', '2028-02-29T12:00:00Z', '2028-02-29', '2028-03-01T00:00:00Z'],
    ['28 February of another year', 'day', '2027-02-28T12:00:00Z', '2027-02-28', '2027-03-01T00:00:00Z'],
    ['the last moment of a month', 'month', '2026-11-30T23:59:59.999Z', '2026-11', '2026-12-01T00:00:00Z'],
    ['December', 'month', '2026-12-31T23:59:59.999Z', '2026-12', '2027-01-01T00:00:00Z'],
    ['February of a leap year', 'month', '2028-02-29T12:00:00Z', '2028-02', '2028-03-01T00:00:00Z'],
  ] as const)('a budget applies to the UTC day or month: %s', (_what, per, time, name, end) => {
    const [budget] = budgets({ budget: { credits: 1, per }, atMs: at(time) });
    expect(budget).toMatchObject({ key: `budget#plan-upgraded#${name}`, endsAtMs: at(end) });
  });
});

describe('the budgets that may apply to a run', () => {
  const keysOf = (budget: Budget | undefined, overall: OverallBudget | undefined): readonly string[] =>
    possibleBudgetKeys(gatedRun({ trigger: budget === undefined ? {} : { budget } }).trigger, overall, nowMs);

  it('the possible budgets are that of the trigger and the overall one, in their configured periods', () => {
    expect(keysOf({ credits: 1, per: 'day' }, { credits: 1, per: 'day' })).toEqual([
      'budget#plan-upgraded#2026-11-21',
      'budget#*#2026-11-21',
    ]);
  });

  it('the possible budgets are monthly when none is configured, since operators may set them', () => {
    expect(keysOf(undefined, undefined)).toEqual(['budget#plan-upgraded#2026-11', 'budget#*#2026-11']);
  });
});

describe('what operators have set', () => {
  const budget = { credits: 500, per: 'day' } as const;
  const overall = { credits: 1_000, per: 'day' } as const;

  it('a budget set by operators replaces the configured one, in the same period', () => {
    expect(keysAndCredits(budgets({ budget, overall, set: { 'plan-upgraded': 50, '*': 60 } }))).toEqual([
      ['budget#plan-upgraded#2026-11-21', 50],
      ['budget#*#2026-11-21', 60],
    ]);
  });

  it('a budget set by operators is monthly when none is configured', () => {
    expect(keysAndCredits(budgets({ set: { 'plan-upgraded': 50, '*': 60 } }))).toEqual([
      ['budget#plan-upgraded#2026-11', 50],
      ['budget#*#2026-11', 60],
    ]);
  });

  it('operators may set a budget of 0 credits, so that nothing may be spent', () => {
    expect(keysAndCredits(budgets({ budget, set: { 'plan-upgraded': 0 } }))).toEqual([
      ['budget#plan-upgraded#2026-11-21', 0],
    ]);
  });

  it('a budget that operators set for another trigger changes nothing', () => {
    expect(budgets({ budget, set: { 'churn-signal': 5 } })).toEqual(budgets({ budget }));
  });
});

describe('credits that a run reserved before it had to wait', () => {
  const applying = budgets({
    budget: { credits: 500, per: 'day' },
    overall: { credits: 900, per: 'month' },
  });
  /** In order, as the ledger gives them. */
  const keys = applying.map(({ key }) => key).sort();

  it('a credit reservation stays valid for the same credits in the same budgets', () => {
    expect(isStillRight({ credits: 50, budgets: keys }, 50, applying)).toBe(true);
    expect(isStillRight({ credits: 50, budgets: keys }, 50, applying.toReversed())).toBe(true);
  });

  it('a credit reservation is not valid when the run is expected to cost something else', () => {
    expect(isStillRight({ credits: 50, budgets: keys }, 49, applying)).toBe(false);
  });

  it('a credit reservation is not valid when a budget was added, removed or replaced', () => {
    for (const others of [[], keys.slice(0, 1), keys.slice(1), [...keys, 'budget#x#2026-11']]) {
      expect(isStillRight({ credits: 50, budgets: others }, 50, applying)).toBe(false);
    }
    expect(isStillRight({ credits: 50, budgets: keys }, 50, [])).toBe(false);
  });

  it('a credit reservation is not valid in a new day', () => {
    const tomorrow = budgets({
      budget: { credits: 500, per: 'day' },
      overall: { credits: 900, per: 'month' },
      atMs: nowMs + dayMs,
    });
    expect(isStillRight({ credits: 50, budgets: keys }, 50, tomorrow)).toBe(false);
  });

  it('a credit reservation stays valid in the same period, however high the budget is now', () => {
    const raised = applying.map((budget) => ({ ...budget, credits: 1_000_000 }));
    expect(isStillRight({ credits: 50, budgets: keys }, 50, raised)).toBe(true);
  });
});

describe('a run whose budget is spent', () => {
  const [ofTrigger, ofAll] = budgets({
    budget: { credits: 500, per: 'day' },
    overall: { credits: 900, per: 'day' },
  }) as readonly [ApplyingBudget, ApplyingBudget];

  it('a run whose budget is spent waits until a random time in the first minute of the next period', () => {
    const atMs = ofTrigger.endsAtMs - 5 * minuteMs;
    expect(waitForBudget(ofTrigger, atMs, () => 0.5)).toEqual({
      kind: 'wait',
      untilMs: ofTrigger.endsAtMs + minuteMs / 2,
      reason: 'budget_spent',
    });
  });

  it('the reason of the wait names the spent budget: that of the trigger or the overall one', () => {
    expect(waitForBudget(ofTrigger, nowMs, () => 0).reason).toBe('budget_spent');
    expect(waitForBudget(ofAll, nowMs, () => 0).reason).toBe('overall_budget_spent');
  });

  it('a run whose budget is spent asks again after 10 to 15 minutes, since the budget may have been raised', () => {
    fc.assert(
      fc.property(fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }), (drawn) => {
        const { untilMs } = waitForBudget(ofTrigger, nowMs, () => drawn);
        expect(untilMs).toBeGreaterThanOrEqual(nowMs + 10 * minuteMs);
        expect(untilMs).toBeLessThanOrEqual(nowMs + 15 * minuteMs);
      }),
    );
  });

  it('a run whose budget is spent asks again in the first minute of the next period when that comes sooner', () => {
    fc.assert(
      fc.property(
        fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }),
        fc.integer({ min: 1, max: 9 * minuteMs }),
        (drawn, beforeMs) => {
          const { untilMs } = waitForBudget(ofTrigger, ofTrigger.endsAtMs - beforeMs, () => drawn);
          expect(untilMs).toBeGreaterThanOrEqual(ofTrigger.endsAtMs);
          expect(untilMs).toBeLessThanOrEqual(ofTrigger.endsAtMs + minuteMs);
        },
      ),
    );
  });
});
