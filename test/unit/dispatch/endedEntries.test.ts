import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type EndingLane, endedEntries } from '../../../functions/dispatch/endedEntries.ts';
import type { ParkedEntry } from '../../../functions/dispatch/lane.ts';
import { nowMs, parkedRuns } from './lanes.ts';

const clockToleranceMs = 2_000;

/** A lane with one run for each of these ends. */
function ending(trigger: string, endsAtMs: readonly number[], changes: Partial<EndingLane> = {}): EndingLane {
  const entries = parkedRuns(trigger, endsAtMs.length).map((entry, index) => ({
    ...entry,
    endsAtMs: endsAtMs[index] ?? 0,
  }));
  return { trigger, entries, ...changes };
}

const idsOf = (lanes: readonly EndingLane[], atMost = 100): readonly string[] =>
  endedEntries(lanes, { nowMs, atMost }).map(({ runId }) => runId);

describe('parked runs that the runner ends', () => {
  it('are those whose time is over, also by a clock that is 2 s behind', () => {
    const justOver = nowMs - clockToleranceMs - 1;
    expect(
      endedEntries([ending('a', [justOver, nowMs - clockToleranceMs, nowMs + 1])], { nowMs, atMost: 10 }),
    ).toEqual([{ runId: 'a-1', number: 1, trigger: 'a' }]);
  });

  it('are all runs of a trigger that was removed', () => {
    expect(
      idsOf([ending('gone', [nowMs + 1, nowMs + 2], { isRemoved: true }), ending('a', [nowMs + 1])]),
    ).toEqual(['gone-1', 'gone-2']);
  });

  it('are the runs that their trigger skips because they cost more than its budget has left', () => {
    const entries = [0, 50, 51].flatMap((credits) => parkedRuns(`of-${credits}`, 1, { credits }));
    expect(idsOf([{ trigger: 'a', entries, skipsAboveCredits: 50 }])).toEqual(['of-51-1']);
    expect(idsOf([{ trigger: 'a', entries, skipsAboveCredits: -10 }])).toEqual(['of-50-1', 'of-51-1']);
    expect(idsOf([{ trigger: 'a', entries }])).toEqual([]);
  });

  it('go at a bounded rate, those whose time ended first before the others', () => {
    const ago = (seconds: number): number => nowMs - seconds * 1_000;
    const lanes = [ending('a', [ago(10), ago(40)]), ending('b', [ago(30), ago(20)])];
    expect(idsOf(lanes, 3)).toEqual(['a-2', 'b-1', 'b-2']);
    expect(idsOf(lanes, 0)).toEqual([]);
  });

  it('are each sent once, although they stand in two lanes', () => {
    const { entries } = ending('a', [0]);
    expect(
      idsOf([
        { trigger: 'a', entries },
        { trigger: 'b', entries },
      ]),
    ).toEqual(['a-1']);
  });

  it('all get their turn, tick after tick', () => {
    const anyEnds = fc.array(fc.integer({ min: nowMs - 100_000, max: nowMs - 3_000 }), { maxLength: 50 });
    fc.assert(
      fc.property(anyEnds, fc.integer({ min: 1, max: 10 }), (ends, atMost) => {
        let entries: readonly ParkedEntry[] = ending('a', ends).entries;
        const ticks = Math.ceil(ends.length / atMost);
        for (let tick = 0; tick < ticks; tick += 1) {
          const sent = new Set(idsOf([{ trigger: 'a', entries }], atMost));
          expect(sent.size).toBeLessThanOrEqual(atMost);
          entries = entries.filter(({ runId }) => !sent.has(runId));
        }
        expect(entries).toEqual([]);
      }),
    );
  });
});
