import { describe, expect, it } from 'vitest';
import { type LaneFacts, skipsAboveCredits, whyBlocked } from '../../../functions/dispatch/whyBlocked.ts';
import type { BreakerState, KnownUsage, SharedState } from '../../../functions/ledger/sharedState.ts';
import { budgetKey } from '../../../functions/run/gates/budgetGate.ts';
import type { Trigger } from '../../../functions/triggers/trigger.ts';
import { gatedRun } from '../run/gates/gatedRuns.ts';
import { nowMs } from './lanes.ts';

const minuteMs = 60_000;
const own = budgetKey('plan-upgraded', 'month', nowMs);
const overall = budgetKey('*', 'day', nowMs);

interface Changes extends Partial<Omit<LaneFacts, 'shared' | 'trigger'>> {
  readonly shared?: Partial<SharedState>;
  readonly trigger?: Partial<Trigger>;
}

/** A lane of runs of 50 credits that nothing stops. */
function facts({ shared, trigger, ...changes }: Changes = {}): LaneFacts {
  const run = gatedRun({ ...(shared && { shared }), ...(trigger && { trigger }) });
  return {
    trigger: run.trigger,
    shared: run.shared,
    isApiKeyMissing: false,
    cheapestCredits: 50,
    nowMs,
    ...changes,
  };
}

const paused = (trigger: string): Partial<SharedState> => ({
  operator: { pausedSinceMs: new Map([[trigger, nowMs - minuteMs]]), budgetCredits: new Map() },
});
const committed = (key: string, credits: number): Partial<SharedState> => ({
  committedCredits: new Map([[key, credits]]),
});
const breaker = (changes: Partial<BreakerState>): Partial<SharedState> => ({
  breaker: { failures: 0, openUntilMs: nowMs, opens: 1, reason: '', probe: '', probeUntilMs: 0, ...changes },
});
const usage = (agoMs: number, changes: Partial<KnownUsage> = {}): Partial<SharedState> => ({
  usage: {
    creditsRemaining: 49,
    creditsIncluded: 500,
    autoRecharge: false,
    readAtMs: nowMs - agoMs,
    ...changes,
  },
});
const budget = { credits: 500, per: 'month' } as const;

describe('a lane whose runs may go', () => {
  it.each<[string, Changes]>([
    ['nothing stops them', {}],
    ['another trigger is paused', { shared: paused('churn-signal') }],
    ['the budget has just enough credits', { trigger: { budget }, shared: committed(own, 450) }],
    [
      'its cheapest run costs nothing',
      { trigger: { budget }, shared: committed(own, 500), cheapestCredits: 0 },
    ],
    ['the account has just enough credits', { shared: usage(0, { creditsRemaining: 50 }) }],
    ['the account buys credits automatically', { shared: usage(0, { autoRecharge: true }) }],
    ['the usage was read more than 10 minutes ago', { shared: usage(10 * minuteMs + 1) }],
    ['the breaker is closed after failures', { shared: breaker({ openUntilMs: 0, failures: 4 }) }],
  ])('is not blocked: %s', (_what, changes) => {
    expect(whyBlocked(facts(changes))).toBeUndefined();
  });
});

describe('a lane that no run may leave', () => {
  it.each<[string, Changes, string]>([
    ['all triggers are paused', { shared: paused('*') }, 'paused'],
    ['its trigger is paused', { shared: paused('plan-upgraded') }, 'trigger_paused'],
    ['its budget is spent', { trigger: { budget }, shared: committed(own, 451) }, 'budget_spent'],
    [
      'the budget of all triggers is spent',
      { overallBudget: { credits: 100, per: 'day' }, shared: committed(overall, 51) },
      'overall_budget_spent',
    ],
    ['the account has too few credits', { shared: usage(5 * minuteMs) }, 'credits_low'],
    ['the breaker is open', { shared: breaker({ openUntilMs: nowMs + 1 }) }, 'breaker_open'],
    ['a run is probing', { shared: breaker({ probe: 'x', probeUntilMs: nowMs + 1 }) }, 'breaker_probing'],
  ])('waits as a whole: %s', (_what, changes, reason) => {
    expect(whyBlocked(facts(changes))).toEqual({ reason, probes: [] });
  });

  it("waits for an operator's budget in place of the configured one", () => {
    const operator = { pausedSinceMs: new Map(), budgetCredits: new Map([['plan-upgraded', 40]]) };
    expect(whyBlocked(facts({ trigger: { budget }, shared: { operator } }))?.reason).toBe('budget_spent');
  });

  it('says the reason that no run can find out about first', () => {
    const shared = { ...paused('plan-upgraded'), ...usage(6 * minuteMs), ...breaker({}) };
    expect(whyBlocked(facts({ shared, isApiKeyMissing: true }))).toEqual({
      reason: 'trigger_paused',
      probes: [],
    });
    const open = { ...usage(6 * minuteMs), ...breaker({ openUntilMs: nowMs + 1 }) };
    expect(whyBlocked(facts({ shared: open }))).toEqual({ reason: 'breaker_open', probes: [] });
  });
});

describe('a lane that one run may leave to find something out', () => {
  it.each<[string, Changes, ReturnType<typeof whyBlocked>]>([
    ['the breaker is half open', { shared: breaker({}) }, { reason: 'breaker_open', probes: ['breaker'] }],
    [
      'the last probe did not end in its time',
      { shared: breaker({ probe: 'x', probeUntilMs: nowMs }) },
      { reason: 'breaker_open', probes: ['breaker'] },
    ],
    [
      'too few credits were left more than 5 minutes ago',
      { shared: usage(5 * minuteMs + 1) },
      { reason: 'credits_low', probes: ['usage'] },
    ],
    [
      'the API key is missing',
      { isApiKeyMissing: true },
      { reason: 'api_key_unavailable', probes: ['api_key'] },
    ],
    [
      'all of these',
      { isApiKeyMissing: true, shared: { ...usage(6 * minuteMs), ...breaker({}) } },
      { reason: 'api_key_unavailable', probes: ['api_key', 'usage', 'breaker'] },
    ],
  ])('names what the run finds out: %s', (_what, changes, block) => {
    expect(whyBlocked(facts(changes))).toEqual(block);
  });
});

describe('the runs that a trigger skips because its budget is spent', () => {
  const skipping = { budget: { ...budget, whenSpent: 'skip' } } as const;

  it('are those that cost more than the smallest rest of its budgets', () => {
    const shared = {
      committedCredits: new Map([
        [own, 300],
        [overall, 30],
      ]),
    };
    expect(skipsAboveCredits(facts({ trigger: skipping, shared }))).toBe(200);
    const overallBudget = { credits: 100, per: 'day' } as const;
    expect(skipsAboveCredits(facts({ trigger: skipping, shared, overallBudget }))).toBe(70);
  });

  it.each<[string, Changes]>([
    ['its runs wait for the next period', { trigger: { budget } }],
    ['it is paused', { trigger: skipping, shared: paused('*') }],
    ['the API key is missing', { trigger: skipping, isApiKeyMissing: true }],
    ['it has no budget', { overallBudget: { credits: 0, per: 'day' } }],
  ])('are none when %s', (_what, changes) => {
    expect(skipsAboveCredits(facts(changes))).toBeUndefined();
  });
});
