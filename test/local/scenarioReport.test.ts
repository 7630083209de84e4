import { describe, expect, it } from 'vitest';
import { approvalLane } from '../../functions/ledger/parkedIndex.ts';
import { Observation } from '../../local/scenario/observation.ts';
import { differences } from '../../local/scenario/report.ts';
import { describeParked, waitsForOthers } from '../../local/system/parkedRuns.ts';

const totals = { received: 2, queued: 2, duplicates: 0, ignored: 0, invalid: 0, refused: 0 };
const expected = { totals, byTrigger: new Map([['vip-left', { queued: 2, duplicates: 0 }]]) };

/** Two events of a trigger: the run of one is done, that of the other asks for approval. */
function observed(): Observation {
  const observation = new Observation();
  Object.assign(observation.totals, totals);
  observation.of('vip-left').queued = 2;
  observation.seeResult(JSON.stringify({ trigger: 'vip-left', state: 'done', creditsUsed: 5 }));
  observation.seeResult(JSON.stringify({ trigger: 'vip-left', state: 'waiting' }));
  return observation;
}

describe('the report of a scenario', () => {
  it('expects no answer for a parked run', () => {
    const parked = [{ trigger: 'vip-left', lane: approvalLane, count: 1 }];
    expect(differences(observed(), expected, parked, undefined)).toEqual([]);
  });

  it('names the trigger whose run has no answer and is not parked', () => {
    expect(differences(observed(), expected, [], undefined)).toEqual([
      'vip-left: answered by Mavera: 1, expected 2',
    ]);
  });

  it('says which runs are parked, and why', () => {
    const parked = [
      { trigger: 'vip-left', lane: '~approval', count: 1 },
      { trigger: 'digest', lane: '~notBefore', count: 2 },
      { trigger: 'churn-signal', lane: 'churn-signal', count: 3 },
    ];
    expect(describeParked(parked)).toBe(
      '1 run of vip-left (until a person approves), 2 runs of digest (until a known time), ' +
        '3 runs of churn-signal (until the dispatcher sends them)',
    );
    expect(parked.map(waitsForOthers)).toEqual([true, true, false]);
  });
});
