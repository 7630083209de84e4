import { describe, expect, it } from 'vitest';
import { probeAgainMs } from '../../../functions/dispatch/planSlots.ts';
import { noPlanState } from '../../../functions/dispatch/slotPlan.ts';
import {
  blocked,
  Dispatching,
  lane,
  nowMs,
  parkedRuns,
  plan,
  runsOf,
  slotsFrom,
  triggersOf,
} from './lanes.ts';

describe('which run gets which slot', () => {
  it('the oldest run of a lane gets the first slot', () => {
    const { assignments, unusedSlots } = plan([lane('a', 2)]);
    expect(assignments).toEqual([
      { runId: 'a-1', number: 1, trigger: 'a', slotAtMs: nowMs },
      { runId: 'a-2', number: 1, trigger: 'a', slotAtMs: nowMs + 1_000 },
    ]);
    expect(unusedSlots).toEqual(slotsFrom(nowMs + 2_000, 8));
  });

  it('two triggers of the same weight get slots in turn', () => {
    expect(triggersOf(plan([lane('a', 100), lane('b', 100)]))).toEqual([
      'a',
      'b',
      'a',
      'b',
      'a',
      'b',
      'a',
      'b',
      'a',
      'b',
    ]);
  });

  it('a trigger of weight 3 gets three slots for each slot of a trigger of weight 1, not all in a row', () => {
    const given = triggersOf(
      plan([lane('a', 100), lane('b', 100, { weight: 3 })], { slots: slotsFrom(nowMs, 40) }),
    );
    expect(given.filter((trigger) => trigger === 'b')).toHaveLength(30);
    expect(given.join('')).not.toContain('bbbbb');
    expect(given.join('')).not.toContain('aa');
  });

  it('a trigger of weight 100 leaves one slot in 101 to a trigger of weight 1', () => {
    const slots = slotsFrom(nowMs, 1_010);
    const given = triggersOf(plan([lane('a', 2_000), lane('b', 2_000, { weight: 100 })], { slots }));
    expect(given.filter((trigger) => trigger === 'a')).toHaveLength(10);
  });

  it('a lane that has become empty leaves its slots to the others', () => {
    expect(triggersOf(plan([lane('a', 1), lane('b', 9)]))).toEqual(['a', ...Array(9).fill('b')]);
  });

  it('no slots are given out when there are none', () => {
    expect(plan([lane('a', 1)], { slots: [] })).toEqual({
      assignments: [],
      unusedSlots: [],
      state: noPlanState,
    });
  });

  it('a run that stands in two lanes gets one slot', () => {
    const entries = parkedRuns('a', 1);
    expect(runsOf(plan([lane('a', 1, { entries }), lane('b', 1, { entries })]))).toEqual(['a-1']);
  });

  it('a run that ends before the slot gets no slot, and the runs behind it do', () => {
    const [first, ...others] = parkedRuns('a', 3);
    const entries = [{ ...first, endsAtMs: nowMs }, ...others] as typeof others;
    expect(runsOf(plan([lane('a', 0, { entries })]))).toEqual(['a-2', 'a-3']);
  });
});

describe('the first run of a trigger', () => {
  it('gets the first free slot beside a lane of 100,000 runs', () => {
    const dispatching = new Dispatching([lane('backlog', 100_000, { weight: 100 }), lane('single', 0)]);
    dispatching.plan(slotsFrom(nowMs, 15));
    dispatching.change((one) => (one.trigger === 'single' ? lane('single', 1) : one));
    expect(triggersOf(dispatching.plan(slotsFrom(nowMs + 15_000, 15)))[0]).toBe('single');
  });

  it('goes before an older run of a trigger whose turn it is', () => {
    const dispatching = new Dispatching([lane('a', 100), lane('b', 100), lane('single', 0)]);
    expect(triggersOf(dispatching.plan(slotsFrom(nowMs, 3)))).toEqual(['a', 'b', 'a']);
    const late = parkedRuns('single', 1, { orderMs: nowMs });
    dispatching.change((one) => (one.trigger === 'single' ? { ...one, entries: late } : one));
    expect(triggersOf(dispatching.plan(slotsFrom(nowMs + 3_000, 2)))).toEqual(['single', 'b']);
  });

  it('goes before the first run of another trigger that has waited less', () => {
    const early = lane('early', 1, { entries: parkedRuns('early', 1, { orderMs: nowMs - 7_200_000 }) });
    expect(triggersOf(plan([lane('late', 1), early]))).toEqual(['early', 'late']);
  });

  it('does not go first again before the others have had their turns', () => {
    const singles = ['b', 'c', 'd'];
    const dispatching = new Dispatching([lane('a', 100), ...singles.map((trigger) => lane(trigger, 1))]);
    expect(triggersOf(dispatching.plan(slotsFrom(nowMs, 2)))).toEqual(['a', 'b']);
    dispatching.change((one) => (one.trigger === 'b' ? lane('b', 1) : one));
    expect(triggersOf(dispatching.plan(slotsFrom(nowMs + 2_000, 2)))).toEqual(['c', 'd']);
  });

  it('goes first again after slots were left over', () => {
    const dispatching = new Dispatching([lane('rare', 1, { weight: 0.01 }), lane('backlog', 0)]);
    dispatching.plan(slotsFrom(nowMs, 3));
    dispatching.change(({ trigger }) => lane(trigger, trigger === 'rare' ? 1 : 1_000));
    expect(
      triggersOf(dispatching.plan(slotsFrom(nowMs + 3_000, 5)))
        .slice(0, 2)
        .sort(),
    ).toEqual(['backlog', 'rare']);
  });

  it('triggers that send one run at a time do not take the slots of a backlog', () => {
    const singles = Array.from({ length: 20 }, (_, index) => `single-${index}`);
    const dispatching = new Dispatching([
      lane('backlog', 1_000),
      ...singles.map((trigger) => lane(trigger, 1)),
    ]);
    for (let tick = 0; tick < 100; tick += 1) {
      dispatching.plan(slotsFrom(nowMs + tick * 10_000, 10));
      dispatching.change((one) =>
        one.trigger === 'backlog' || one.entries.length > 0
          ? one
          : { ...one, entries: parkedRuns(`${one.trigger}-${tick}`, 1) },
      );
    }
    const ofBacklog = dispatching.assignments.filter(({ trigger }) => trigger === 'backlog');
    expect(ofBacklog.length).toBeGreaterThanOrEqual(Math.floor(1_000 / 21));
  });
});

describe('a lane that is blocked', () => {
  it('gets no slot, and the others get all of them', () => {
    const paused = lane('a', 10, { block: blocked('trigger_paused') });
    expect(triggersOf(plan([paused, lane('b', 10)]))).toEqual(Array(10).fill('b'));
  });

  it('is owed nothing when it goes on, except that its first run goes first', () => {
    const dispatching = new Dispatching([lane('a', 100), lane('b', 100)]);
    dispatching.plan(slotsFrom(nowMs, 4));
    dispatching.change((one) => (one.trigger === 'a' ? { ...one, block: blocked('trigger_paused') } : one));
    dispatching.plan(slotsFrom(nowMs + 4_000, 20));
    dispatching.change(({ block, ...one }) => one);
    const given = triggersOf(dispatching.plan(slotsFrom(nowMs + 24_000, 20)));
    expect(given[0]).toBe('a');
    expect(given.filter((trigger) => trigger === 'a').length).toBeLessThanOrEqual(11);
  });

  it('is owed nothing either while a run of it finds something out', () => {
    const dispatching = new Dispatching([lane('a', 100), lane('b', 100)]);
    dispatching.plan(slotsFrom(nowMs, 4));
    dispatching.change((one) =>
      one.trigger === 'a' ? { ...one, block: blocked('credits_low', 'usage') } : one,
    );
    const { state } = dispatching.plan(slotsFrom(nowMs + 4_000, 20));
    expect(Object.keys(state.turns)).toEqual(['b']);
  });

  it('lets one run of all lanes probe the breaker, and the next one a minute after its slot', () => {
    const block = blocked('breaker_open', 'breaker');
    const dispatching = new Dispatching([lane('a', 10, { block }), lane('b', 10, { block })]);
    expect(runsOf(dispatching.plan(slotsFrom(nowMs, 15)))).toEqual(['a-1']);
    expect(runsOf(dispatching.plan(slotsFrom(nowMs + 15_000, 45)))).toEqual([]);
    expect(dispatching.plan(slotsFrom(nowMs + probeAgainMs, 15)).assignments).toMatchObject([
      { slotAtMs: nowMs + probeAgainMs },
    ]);
  });

  it('lets one run read the usage, although it costs more than the usage has left, before the runs of other lanes', () => {
    const stale = lane('a', 10, { block: blocked('credits_low', 'usage') });
    const free = lane('b', 10, { entries: parkedRuns('b', 10, { credits: 0 }) });
    expect(triggersOf(plan([free, stale], { affordableCredits: 10 }))).toEqual(['a', ...Array(9).fill('b')]);
  });

  it('lets no run through when another lane has just probed for the same reason', () => {
    const both = lane('a', 10, { block: blocked('api_key_unavailable', 'api_key', 'breaker') });
    const one = lane('b', 10, { block: blocked('breaker_open', 'breaker') });
    expect(plan([both, one]).assignments).toHaveLength(1);
  });
});

describe('the budgets of a lane', () => {
  it('runs get slots as long as every budget of the lane has credits left', () => {
    const budgets = ['own', 'overall'];
    const creditsLeft = new Map([
      ['own', 1_000],
      ['overall', 149],
    ]);
    expect(runsOf(plan([lane('a', 10, { budgets })], { creditsLeft }))).toEqual(['a-1', 'a-2']);
  });

  it('a run that can be paid goes before an older one that cannot', () => {
    const [dear, cheap, free] = [300, 50, 0].map((credits, index) => ({
      ...parkedRuns('a', 3)[index],
      credits,
    }));
    const entries = [dear, cheap, free] as ReturnType<typeof parkedRuns>;
    const budgeted = lane('a', 0, { entries, budgets: ['own'] });
    expect(runsOf(plan([budgeted], { creditsLeft: new Map([['own', 299]]) }))).toEqual(['a-2', 'a-3']);
    expect(runsOf(plan([budgeted], { creditsLeft: new Map() }))).toEqual(['a-3']);
    expect(runsOf(plan([budgeted], { creditsLeft: new Map([['own', -50]]) }))).toEqual(['a-3']);
  });

  it('two lanes do not spend the same credits of a shared budget', () => {
    const lanes = ['a', 'b'].map((trigger) => lane(trigger, 10, { budgets: ['overall'] }));
    const creditsLeft = new Map([['overall', 100]]);
    expect(runsOf(plan(lanes, { creditsLeft }))).toEqual(['a-1', 'b-1']);
  });

  it('a run that Mavera would refuse for its credits gets no slot', () => {
    expect(plan([lane('a', 10)], { affordableCredits: 49 }).assignments).toEqual([]);
    expect(plan([lane('a', 10)], { affordableCredits: 50 }).assignments).toHaveLength(10);
  });
});

describe('an action with a concurrency cap', () => {
  const cap = { calls: 10, meanDurationMs: 20_000 };

  it('gets slots 1.5 times its mean duration ÷ cap apart, and the others get the slots between', () => {
    const given = triggersOf(plan([lane('capped', 100, { cap }), lane('b', 100)]));
    expect(given.map((trigger) => (trigger === 'capped' ? 'x' : '-')).join('')).toBe('x--x--x--x');
  });

  it('leaves slots unused when no other lane waits', () => {
    const { unusedSlots } = plan([lane('capped', 100, { cap })], { slots: slotsFrom(nowMs, 4) });
    expect(unusedSlots).toEqual([nowMs + 1_000, nowMs + 2_000]);
  });

  it('keeps its distance from the last slot of the plan before', () => {
    const dispatching = new Dispatching([lane('capped', 100, { cap })]);
    dispatching.plan(slotsFrom(nowMs, 2));
    expect(dispatching.plan(slotsFrom(nowMs + 2_000, 2)).assignments).toMatchObject([
      { slotAtMs: nowMs + 3_000 },
    ]);
  });

  it('carries over no more than one interval when it had no runs or no slots for long', () => {
    const dispatching = new Dispatching([lane('capped', 100, { cap })]);
    dispatching.plan(slotsFrom(nowMs, 1));
    const { assignments } = dispatching.plan(slotsFrom(nowMs + 3_600_000, 9));
    expect(assignments.map(({ slotAtMs }) => (slotAtMs - nowMs - 3_600_000) / 1_000)).toEqual([0, 2, 5, 8]);
  });

  it('carries over the time by which a slot came late', () => {
    const { assignments } = plan([lane('capped', 100, { cap: { calls: 6, meanDurationMs: 10_000 } })]);
    expect(assignments.map(({ slotAtMs }) => (slotAtMs - nowMs) / 1_000)).toEqual([0, 3, 5, 8]);
  });

  it('shares its slots between the triggers of the action, as their weights say', () => {
    const lanes = [1, 3].map((weight) => lane(`of-${weight}`, 100, { action: 'askMave', cap, weight }));
    const given = triggersOf(plan([...lanes, lane('b', 1_000)], { slots: slotsFrom(nowMs, 240) }));
    const count = (trigger: string): number => given.filter((one) => one === trigger).length;
    expect(count('b')).toBe(160);
    expect(count('of-1') + count('of-3')).toBe(80);
    expect(Math.abs(count('of-3') - 60)).toBeLessThanOrEqual(1);
  });

  it('shares its slots as the weights say, also when many slots stay unused', () => {
    const lanes = [1, 3].map((weight) => lane(`of-${weight}`, 100, { action: 'askMave', cap, weight }));
    const dispatching = new Dispatching(lanes);
    for (let tick = 0; tick < 40; tick += 1) {
      dispatching.plan(slotsFrom(nowMs + tick * 6_000, 6));
    }
    const ofThree = dispatching.assignments.filter(({ trigger }) => trigger === 'of-3');
    expect(dispatching.assignments).toHaveLength(80);
    expect(Math.abs(ofThree.length - 60)).toBeLessThanOrEqual(1);
  });

  it('does not take all slots when its calls become quick after it was held back for long', () => {
    const dispatching = new Dispatching([lane('capped', 1_000, { cap }), lane('b', 1_000)]);
    dispatching.plan(slotsFrom(nowMs, 300));
    dispatching.change((one) =>
      one.cap === undefined ? one : { ...one, cap: { calls: 10, meanDurationMs: 100 } },
    );
    const given = triggersOf(dispatching.plan(slotsFrom(nowMs + 300_000, 100)));
    expect(given.filter((trigger) => trigger === 'b').length).toBeGreaterThanOrEqual(48);
  });
});
