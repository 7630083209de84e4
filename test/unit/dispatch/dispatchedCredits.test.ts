import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  creditsLeft,
  type DispatchedCredits,
  stillDispatched,
  withDispatched,
} from '../../../functions/dispatch/dispatchedCredits.ts';
import { Dispatching, lane, nowMs, parkedRuns, plan, slotsFrom } from './lanes.ts';

const budget = 'budget#a#2026-11';
const limits = [{ key: budget, credits: 1_000 }];
const dispatch = (slots: readonly number[]): readonly DispatchedCredits[] =>
  slots.reduce<readonly DispatchedCredits[]>(
    (sum, slotAtMs) => withDispatched(sum, { budget, credits: 50, slotAtMs }),
    [],
  );

describe('the credits that may still be dispatched', () => {
  it('are the limit without what is committed and what was dispatched', () => {
    const dispatched = dispatch([nowMs, nowMs + 1_000]);
    expect(creditsLeft(limits, new Map([[budget, 300]]), dispatched, nowMs).get(budget)).toBe(600);
    expect(creditsLeft(limits, new Map(), [], nowMs).get(budget)).toBe(1_000);
  });

  it('are never below 0', () => {
    expect(creditsLeft(limits, new Map([[budget, 1_200]]), [], nowMs).get(budget)).toBe(0);
  });

  it('do not count what other budgets pay for', () => {
    const other = [{ key: 'budget#b#2026-11', credits: 100 }];
    expect(creditsLeft(other, new Map(), dispatch([nowMs]), nowMs).get('budget#b#2026-11')).toBe(100);
  });
});

describe('credits that were dispatched', () => {
  it('count from the moment they are dispatched until 15 to 20 s after the slot', () => {
    const anySlot = fc.integer({ min: nowMs, max: nowMs + 75_000 });
    fc.assert(
      fc.property(anySlot, (slotAtMs) => {
        const dispatched = dispatch([slotAtMs]);
        expect(stillDispatched(dispatched, nowMs)).toHaveLength(1);
        expect(stillDispatched(dispatched, slotAtMs + 14_999)).toHaveLength(1);
        expect(stillDispatched(dispatched, slotAtMs + 20_000)).toEqual([]);
      }),
    );
  });

  it('take little room: one number for each 5 s of slots', () => {
    const dispatched = dispatch(slotsFrom(nowMs, 750, 100));
    expect(dispatched.length).toBeLessThanOrEqual(16);
    expect(dispatched.reduce((sum, { credits }) => sum + credits, 0)).toBe(750 * 50);
  });

  it('are kept from one plan to the next, without those of runs that cost nothing', () => {
    const budgets = [budget, 'budget#*#2026-11'];
    const creditsOfBoth = new Map(budgets.map((key) => [key, 1_000]));
    const free = lane('b', 2, { budgets, entries: parkedRuns('b', 2, { credits: 0 }) });
    const { state } = plan([lane('a', 2, { budgets }), free], {
      creditsLeft: creditsOfBoth,
      slots: slotsFrom(nowMs + 1_000, 4),
    });
    const untilMs = nowMs + 20_000;
    expect(state.dispatched).toHaveLength(2);
    expect(state.dispatched).toEqual(
      expect.arrayContaining(budgets.map((key) => ({ budget: key, credits: 100, untilMs }))),
    );
    const later = plan([], { state, nowMs: nowMs + 60_000 });
    expect(later.state.dispatched).toEqual([]);
  });

  it('keep plans of a minute within a budget that the ledger shows late', () => {
    const dispatching = new Dispatching([lane('a', 100, { budgets: [budget] })]);
    let state: readonly DispatchedCredits[] = [];
    for (let tick = 0; tick < 4; tick += 1) {
      const atMs = nowMs + tick * 15_000;
      // The slots are up to a minute ahead, so that none of the runs has reserved its credits yet.
      const made = dispatching.plan(slotsFrom(nowMs + 60_000 + tick * 1_000, 15), {
        creditsLeft: creditsLeft(limits, new Map(), state, atMs),
        nowMs: atMs,
      });
      state = made.state.dispatched;
    }
    expect(dispatching.assignments).toHaveLength(1_000 / 50);
  });
});
