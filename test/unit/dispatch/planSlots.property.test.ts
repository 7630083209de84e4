import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { spacingMs } from '../../../functions/dispatch/actionSpacing.ts';
import type { Lane, ParkedEntry } from '../../../functions/dispatch/lane.ts';
import { planSlots } from '../../../functions/dispatch/planSlots.ts';
import { type Assignment, noPlanState, type PlanInput } from '../../../functions/dispatch/slotPlan.ts';
import { blocked, Dispatching, lane, nowMs, parkedRuns, slotsFrom } from './lanes.ts';

const budgets = ['own', 'other', 'overall'];
const caps = new Map([
  ['askMave', { calls: 10, meanDurationMs: 20_000 }],
  ['runFocusGroup', { calls: 5, meanDurationMs: 45_000 }],
]);

const anyBlock = fc.oneof(
  { weight: 4, arbitrary: fc.constant(undefined) },
  fc.constant(blocked('trigger_paused')),
  fc.constant(blocked('breaker_open', 'breaker')),
  fc.constant(blocked('credits_low', 'usage')),
);
const anyEntry: fc.Arbitrary<ParkedEntry> = fc.record({
  // Few ids: some runs stand in several lanes.
  runId: fc.integer({ min: 1, max: 200 }).map((id) => `run-${id}`),
  number: fc.constant(1),
  orderMs: fc.integer({ min: nowMs - 86_400_000, max: nowMs }),
  endsAtMs: fc.oneof(
    { weight: 5, arbitrary: fc.constant(nowMs + 86_400_000) },
    fc.integer({ min: nowMs - 1_000, max: nowMs + 90_000 }),
  ),
  credits: fc.constantFrom(0, 5, 50, 300),
});
const anyLane = (trigger: string): fc.Arbitrary<Lane> =>
  fc
    .record({
      weight: fc.constantFrom(undefined, 0.01, 0.5, 1, 3, 100),
      action: fc.constantFrom('askMave', 'runFocusGroup', 'respondAs'),
      budgets: fc.subarray(budgets),
      block: anyBlock,
      entries: fc.array(anyEntry, { maxLength: 40 }),
    })
    .map(({ entries, ...one }) => ({
      ...one,
      trigger,
      cap: caps.get(one.action),
      // A number of its own tells the entries of a run apart.
      entries: entries
        .toSorted((a, b) => a.orderMs - b.orderMs)
        .map((entry, index) => ({ ...entry, number: index + 1 })),
    }));
const anyInput: fc.Arbitrary<PlanInput> = fc
  .record({
    lanes: fc
      .integer({ min: 0, max: 6 })
      .chain((count) => fc.tuple(...Array.from({ length: count }, (_, index) => anyLane(`t-${index}`)))),
    slotCount: fc.integer({ min: 0, max: 75 }),
    intervalMs: fc.constantFrom(250, 1_031, 5_000),
    credits: fc.array(fc.integer({ min: 0, max: 2_000 }), { minLength: 3, maxLength: 3 }),
    affordableCredits: fc.constantFrom(Number.POSITIVE_INFINITY, 40, 100),
    state: fc.record({
      turns: fc.dictionary(
        fc.constantFrom('t-0', 't-1', 't-2', 'gone'),
        fc.double({ min: -1, max: 3, noNaN: true }),
      ),
      lastSlots: fc.constant(noPlanState.lastSlots),
      dispatched: fc.constant([]),
      probedAtMs: fc.constantFrom({}, { breaker: nowMs - 10_000 }),
    }),
  })
  .map(({ slotCount, credits, ...one }) => ({
    ...one,
    nowMs,
    slots: slotsFrom(nowMs, slotCount, one.intervalMs),
    creditsLeft: new Map(budgets.map((budget, index) => [budget, credits[index] ?? 0])),
  }));

const laneOf = (lanes: readonly Lane[], { trigger }: Assignment): Lane | undefined =>
  lanes.find((one) => one.trigger === trigger);

const entryOf = (lanes: readonly Lane[], assignment: Assignment): ParkedEntry | undefined =>
  laneOf(lanes, assignment)?.entries.find(
    ({ runId, number }) => runId === assignment.runId && number === assignment.number,
  );

/** The credits of the runs that have got a slot, by budget. */
function creditsSpent(input: PlanInput, assignments: readonly Assignment[]): ReadonlyMap<string, number> {
  const spent = new Map(budgets.map((budget) => [budget, 0]));
  for (const assignment of assignments) {
    const credits = entryOf(input.lanes, assignment)?.credits ?? Number.NaN;
    for (const budget of laneOf(input.lanes, assignment)?.budgets ?? []) {
      spent.set(budget, (spent.get(budget) ?? 0) + credits);
    }
  }
  return spent;
}

const countOf = (assignments: readonly Assignment[], trigger: string): number =>
  assignments.filter((one) => one.trigger === trigger).length;

describe('any plan', () => {
  it('gives no run two slots, and no slot to two runs', () => {
    fc.assert(
      fc.property(anyInput, (input) => {
        const { assignments, unusedSlots } = planSlots(input);
        expect(new Set(assignments.map(({ runId }) => runId)).size).toBe(assignments.length);
        const used = assignments.map(({ slotAtMs }) => slotAtMs);
        expect([...used, ...unusedSlots].sort((a, b) => a - b)).toEqual(input.slots);
      }),
      { numRuns: 300 },
    );
  });

  it('dispatches from no budget more credits than it has left', () => {
    fc.assert(
      fc.property(anyInput, (input) => {
        for (const [budget, spent] of creditsSpent(input, planSlots(input).assignments)) {
          expect(spent).toBeLessThanOrEqual(input.creditsLeft.get(budget) ?? 0);
        }
      }),
      { numRuns: 300 },
    );
  });

  it('gives no slot to a run that ends before it, or whose lane is blocked, except to one probe', () => {
    fc.assert(
      fc.property(anyInput, (input) => {
        const { assignments } = planSlots(input);
        const probes = assignments.flatMap((assignment) => {
          const { slotAtMs } = assignment;
          const block = laneOf(input.lanes, assignment)?.block;
          expect(entryOf(input.lanes, assignment)?.endsAtMs).toBeGreaterThan(slotAtMs);
          expect(block?.reason).not.toBe('trigger_paused');
          return (block?.probes ?? []).map((probe) => ({ probe, slotAtMs }));
        });
        for (const ofProbe of Map.groupBy(probes, ({ probe }) => probe).values()) {
          for (const [index, { slotAtMs }] of ofProbe.slice(1).entries()) {
            expect(slotAtMs - (ofProbe[index]?.slotAtMs ?? 0)).toBeGreaterThanOrEqual(60_000);
          }
        }
      }),
      { numRuns: 300 },
    );
  });

  it('leaves a slot unused only if every lane is empty, blocked, out of credits or kept apart by its cap', () => {
    fc.assert(
      fc.property(anyInput, (input) => {
        const { assignments, unusedSlots } = planSlots(input);
        const taken = new Set(assignments.map(({ runId }) => runId));
        const spent = creditsSpent(input, assignments);
        const isPayable = ({ budgets }: Lane, { credits }: ParkedEntry): boolean =>
          credits === 0 ||
          (credits <= input.affordableCredits &&
            budgets.every((one) => credits <= (input.creditsLeft.get(one) ?? 0) - (spent.get(one) ?? 0)));
        const kinds = new Map(input.lanes.map(({ trigger, action }) => [trigger, action]));
        const isKeptApart = ({ action, cap }: Lane, slotAtMs: number): boolean =>
          cap !== undefined &&
          assignments.some(
            (one) =>
              kinds.get(one.trigger) === action &&
              one.slotAtMs < slotAtMs &&
              slotAtMs < one.slotAtMs + spacingMs(cap),
          );
        for (const slotAtMs of unusedSlots) {
          for (const one of input.lanes.filter(({ block }) => block === undefined)) {
            // What can be paid after all runs of the plan could have been paid before.
            const usable = one.entries.filter(
              (entry) => !taken.has(entry.runId) && entry.endsAtMs > slotAtMs && isPayable(one, entry),
            );
            expect(usable.length === 0 || isKeptApart(one, slotAtMs)).toBe(true);
          }
        }
      }),
      { numRuns: 300 },
    );
  });

  it('gives each lane its slots oldest first', () => {
    fc.assert(
      fc.property(anyInput, fc.constantFrom(0, 50), (input, credits) => {
        const same = {
          ...input,
          lanes: input.lanes.map((one) => ({
            ...one,
            entries: one.entries.map((entry) => ({ ...entry, credits, endsAtMs: nowMs + 86_400_000 })),
          })),
        };
        const { assignments } = planSlots(same);
        for (const one of same.lanes) {
          const orders = assignments
            .filter(({ trigger }) => trigger === one.trigger)
            .map((assignment) => entryOf(same.lanes, assignment)?.orderMs ?? 0);
          expect(orders).toEqual(orders.toSorted((a, b) => a - b));
        }
      }),
      { numRuns: 200 },
    );
  });

  it('is the same for the same input, and leaves its input as it was', () => {
    fc.assert(
      fc.property(anyInput, (input) => {
        const before = structuredClone(input);
        expect(planSlots(input)).toEqual(planSlots(input));
        expect(input).toEqual(before);
      }),
      { numRuns: 100 },
    );
  });
});

/** How many slots each plan of a series has. */
const anyTicks = fc.array(fc.integer({ min: 0, max: 20 }), { minLength: 20, maxLength: 60 });

/** Makes these plans one after another, one slot a second. */
function dispatchTicks(dispatching: Dispatching, ticks: readonly number[], intervalMs = 1_000): void {
  let nextMs = nowMs;
  for (const count of ticks) {
    dispatching.plan(slotsFrom(nextMs, count, intervalMs));
    nextMs += count * intervalMs;
  }
}

describe('many plans, one after another', () => {
  it('give lanes of the same weight the same number of slots, up to one turn', () => {
    const weights = fc.array(fc.constantFrom(0.5, 1, 3), { minLength: 2, maxLength: 6 });
    fc.assert(
      fc.property(weights, anyTicks, (given, ticks) => {
        const dispatching = new Dispatching(
          given.map((weight, index) => lane(`t-${index}`, 1_300, { weight })),
        );
        dispatchTicks(dispatching, ticks);
        const counts = given.map((weight, index) => ({
          weight,
          count: countOf(dispatching.assignments, `t-${index}`),
        }));
        for (const one of counts) {
          for (const other of counts.filter(({ weight }) => weight === one.weight)) {
            expect(Math.abs(one.count - other.count)).toBeLessThanOrEqual(one.weight + 1);
          }
        }
      }),
      { numRuns: 30 },
    );
  });

  it('give lanes of weights 1 and 3 slots in the ratio 1:3', () => {
    fc.assert(
      fc.property(anyTicks, (ticks) => {
        const dispatching = new Dispatching([lane('a', 1_300), lane('b', 1_300, { weight: 3 })]);
        dispatchTicks(dispatching, ticks);
        const [a, b] = ['a', 'b'].map((trigger) => countOf(dispatching.assignments, trigger)) as [
          number,
          number,
        ];
        expect(Math.abs(b - 3 * a)).toBeLessThanOrEqual(4);
      }),
      { numRuns: 30 },
    );
  });

  it('give the single run of a new trigger the first free slot beside a lane of 100,000', () => {
    const backlog = lane('backlog', 100_000);
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 10 }),
        fc.constantFrom(0.01, 1, 100),
        fc.constantFrom(0.01, 1, 100),
        (before, weight, ofBacklog) => {
          const dispatching = new Dispatching([
            { ...backlog, weight: ofBacklog },
            lane('single', 0, { weight }),
          ]);
          dispatchTicks(dispatching, Array(before).fill(15));
          dispatching.change((one) =>
            one.trigger === 'single' ? { ...one, entries: parkedRuns('single', 1) } : one,
          );
          const { assignments } = dispatching.plan(slotsFrom(nowMs + before * 15_000, 15));
          expect(assignments[0]?.trigger).toBe('single');
        },
      ),
      { numRuns: 8 },
    );
  });

  it('keep the slots of a capped action apart, up to one interval', () => {
    const anyCap = fc.record({
      calls: fc.integer({ min: 1, max: 10 }),
      meanDurationMs: fc.integer({ min: 500, max: 60_000 }),
    });
    fc.assert(
      fc.property(anyCap, anyTicks, fc.constantFrom(250, 1_031), (cap, ticks, intervalMs) => {
        const lanes = ['a', 'b'].map((trigger) => lane(trigger, 1_300, { action: 'askMave', cap }));
        const dispatching = new Dispatching([...lanes, lane('free', 1_300)]);
        dispatchTicks(dispatching, ticks, intervalMs);
        const slots = dispatching.assignments
          .filter(({ trigger }) => trigger !== 'free')
          .map(({ slotAtMs }) => slotAtMs);
        const spacing = spacingMs(cap);
        // Each slot may be early by what the last one was late, and not by more for the slots before.
        const earliest = slots.map((slotAtMs, index) => slotAtMs - index * spacing);
        for (const [index, value] of earliest.entries()) {
          const before = Math.max(...earliest.slice(0, index + 1));
          expect(before - value).toBeLessThanOrEqual(intervalMs + 0.001);
        }
      }),
      { numRuns: 30 },
    );
  });

  it('give a capped action cap ÷ (1.5 × mean duration) slots, within 1 %, alone or beside others', () => {
    const anyCap = fc.record({
      calls: fc.integer({ min: 1, max: 10 }),
      meanDurationMs: fc.integer({ min: 8_000, max: 25_000 }),
    });
    fc.assert(
      fc.property(anyCap, fc.boolean(), (cap, isAlone) => {
        fc.pre(spacingMs(cap) >= 2_000);
        const capped = lane('capped', 4_000, { cap });
        const dispatching = new Dispatching(isAlone ? [capped] : [capped, lane('other', 8_000)]);
        const ticks = Array(400).fill(15) as number[];
        dispatchTicks(dispatching, ticks);
        const expected = (400 * 15 * 1_000) / spacingMs(cap);
        const count = countOf(dispatching.assignments, 'capped');
        expect(count).toBeLessThanOrEqual(expected * 1.01 + 1);
        expect(count).toBeGreaterThanOrEqual(expected * 0.99 - 1);
        expect(dispatching.assignments).toHaveLength(isAlone ? count : 6_000);
      }),
      { numRuns: 15 },
    );
  });
});
