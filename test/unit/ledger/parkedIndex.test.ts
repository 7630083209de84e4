import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  approvalLane,
  laneKeyOf,
  laneKeys,
  laneOfKey,
  notBeforeLane,
} from '../../../functions/ledger/parkedIndex.ts';
import { askMave } from '../../../functions/triggers/actions.ts';
import { defineTriggers } from '../../../functions/triggers/defineTriggers.ts';

const runId = fc.stringMatching(/^[0-9a-f]{40}$/);
const lane = fc.oneof(
  fc.constantFrom(approvalLane, notBeforeLane),
  fc.stringMatching(/^[a-z0-9][a-z0-9-]{0,62}$/),
);

describe('the lane of a parked run in the index', () => {
  it('is the lane and a shard of the run id, the same in every release', () => {
    expect(laneKeyOf('churn-signal', '3ae2d7a2fe167690bace22396d933420dd9ffc3b')).toBe('churn-signal#3');
    expect(laneKeyOf(approvalLane, 'd9761e60a8cf49c62b055110ebcc625e1108b745')).toBe('~approval#1');
    expect(laneKeyOf(notBeforeLane, '8'.repeat(40))).toBe('~notBefore#0');
  });

  it('is one of the four keys that readers of the lane ask for, and tells the lane', () => {
    fc.assert(
      fc.property(lane, runId, (name, id) => {
        const key = laneKeyOf(name, id);
        expect(laneKeys(name)).toHaveLength(4);
        expect(laneKeys(name)).toContain(key);
        expect(laneOfKey(key)).toBe(name);
      }),
    );
  });

  it('is used equally often for each first digit of a run id', () => {
    const keys = [...'0123456789abcdef'].map((digit) => laneKeyOf('churn-signal', digit.repeat(40)));
    const counts = [...Map.groupBy(keys, (key) => key).values()].map(({ length }) => length);
    expect(counts).toEqual([4, 4, 4, 4]);
  });

  it.each([approvalLane, notBeforeLane])('is not the lane of any trigger if it is %s', (name) => {
    const trigger = { name, when: 'event = "x"', run: askMave(() => ({ message: 'Why?' })) };
    expect(() => defineTriggers([trigger])).toThrow(/name: expected 1 to 64 characters/);
  });
});
