import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Lane } from '../../../functions/dispatch/lane.ts';
import { noPlanState, type PlanState } from '../../../functions/dispatch/slotPlan.ts';
import { intervalMsFor } from '../../../functions/run/gates/paceGate.ts';
import { lane, nowMs, parkedRuns, plan } from './lanes.ts';

const tickMs = 15_000;
const horizonMs = 55_000;
const hourMs = 3_600_000;
const backlog = parkedRuns('backlog', 100_000);
/** One run each 1.03 s: with the used share of a limit of 60 a minute. */
const intervalMs = intervalMsFor(60);

/** A run of a trigger without a backlog, and when it is parked. */
interface Arrival {
  readonly trigger: string;
  readonly atMs: number;
}

/** What came of it. */
interface Modelled {
  /** Of each arrival, how long after it the slot was. */
  readonly waitsMs: readonly number[];
  readonly usedShare: number;
}

/**
 * A dispatcher that wakes every 15 s, up to some seconds late, and fills the slots of the next 55 s from a lane of 100,000
 * and from what has arrived since. Slots that lie before it wakes are lost.
 */
function model(
  arrivals: readonly Arrival[],
  lateMs: readonly number[],
  changes: Partial<Lane> = {},
): Modelled {
  let sent = 0;
  let waiting = arrivals.map((arrival, index) => ({ ...arrival, runId: `single-${index}` }));
  let state: PlanState = noPlanState;
  let nextSlotMs = nowMs;
  let [used, lost] = [0, 0];
  const waitsMs: number[] = [];
  for (let tick = 0; tick * tickMs < hourMs; tick += 1) {
    const wakesAtMs = nowMs + tick * tickMs + (lateMs[tick % lateMs.length] ?? 0);
    const slots: number[] = [];
    for (; nextSlotMs <= wakesAtMs + horizonMs; nextSlotMs += intervalMs) {
      if (nextSlotMs >= wakesAtMs) {
        slots.push(nextSlotMs);
      } else {
        lost += 1;
      }
    }
    const arrived = Map.groupBy(
      waiting.filter(({ atMs }) => atMs <= wakesAtMs),
      ({ trigger }) => trigger,
    );
    const singles = [...arrived].map(([trigger, runs]) =>
      lane(trigger, 0, {
        entries: runs.map(({ runId, atMs }) => ({
          runId,
          number: 1,
          orderMs: atMs,
          endsAtMs: atMs + 24 * hourMs,
          credits: 50,
        })),
      }),
    );
    const read = lane('backlog', 0, { entries: backlog.slice(sent, sent + slots.length), ...changes });
    const made = plan([read, ...singles], { slots, intervalMs, state, nowMs: wakesAtMs });
    state = JSON.parse(JSON.stringify(made.state)) as PlanState;
    used += made.assignments.length;
    lost += made.unusedSlots.length;
    const slotOf = new Map(made.assignments.map(({ runId, slotAtMs }) => [runId, slotAtMs]));
    waitsMs.push(...waiting.flatMap(({ runId, atMs }) => waitOf(slotOf.get(runId), atMs)));
    waiting = waiting.filter(({ runId }) => !slotOf.has(runId));
    // Oldest first: what is left of the backlog begins after what was sent.
    sent += made.assignments.filter(({ trigger }) => trigger === 'backlog').length;
  }
  return { waitsMs, usedShare: used / (used + lost) };
}

const waitOf = (slotAtMs: number | undefined, atMs: number): readonly number[] =>
  slotAtMs === undefined ? [] : [slotAtMs - atMs];

describe('an hour beside a backlog of 100,000 runs, at 60 requests a minute', () => {
  it('a single run of another trigger gets a slot at most 55 s and one tick after it was parked', () => {
    // At least 30 s apart, and early enough to get a slot in this hour.
    const anyArrivals = fc.array(fc.integer({ min: 0, max: 100_000 }), { minLength: 25, maxLength: 25 });
    fc.assert(
      fc.property(anyArrivals, fc.constantFrom(1, 3), (offsets, weight) => {
        const arrivals = offsets.map((offsetMs, index) => ({
          trigger: 'single',
          atMs: nowMs + index * 130_000 + offsetMs,
        }));
        const { waitsMs, usedShare } = model(arrivals, [0], { weight });
        expect(waitsMs).toHaveLength(arrivals.length);
        expect(Math.max(...waitsMs)).toBeLessThanOrEqual(horizonMs + tickMs);
        expect(usedShare).toBeGreaterThanOrEqual(0.97);
      }),
      { numRuns: 10 },
    );
  });

  it('at least 97 % of the slots are used when the dispatcher wakes up to 20 s late', () => {
    const anyLateness = fc.array(fc.integer({ min: 0, max: 20_000 }), { minLength: 7, maxLength: 7 });
    fc.assert(
      fc.property(anyLateness, (lateMs) => {
        expect(model([], lateMs).usedShare).toBeGreaterThanOrEqual(0.97);
      }),
      { numRuns: 5 },
    );
  });

  it('ten triggers with one run each every two minutes get slots within 2 minutes', () => {
    const arrivals = Array.from({ length: 270 }, (_, index) => ({
      trigger: `single-${index % 10}`,
      atMs: nowMs + index * 12_000 + ((index * 7_919) % 11_000),
    }));
    const { waitsMs, usedShare } = model(arrivals, [0, 3_000, 9_000]);
    expect(waitsMs).toHaveLength(arrivals.length);
    expect(Math.max(...waitsMs)).toBeLessThanOrEqual(120_000);
    expect(usedShare).toBeGreaterThanOrEqual(0.97);
  });
});
