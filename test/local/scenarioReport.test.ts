import { describe, expect, it } from 'vitest';
import { askMave, trigger } from '../../functions/index.ts';
import { approvalLane } from '../../functions/ledger/parkedIndex.ts';
import { differences } from '../../local/scenario/differences.ts';
import { notes } from '../../local/scenario/notes.ts';
import { Observation } from '../../local/scenario/observation.ts';
import { table } from '../../local/scenario/table.ts';
import { describeParked, waitsForOthers } from '../../local/system/parkedRuns.ts';

const totals = { received: 2, queued: 2, duplicates: 0, ignored: 0, invalid: 0, refused: 0 };
const expected = { totals, byTrigger: new Map([['vip-left', { queued: 2, duplicates: 0, notWanted: 0 }]]) };

const run = askMave(() => ({ message: 'Why?' }));
const vipLeft = { name: 'vip-left', when: 'type = "track"', run };
const triggers = [vipLeft];

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
    expect(differences(observed(), expected, triggers, parked, undefined)).toEqual([]);
  });

  it('names the trigger whose run has no answer and is not parked', () => {
    expect(differences(observed(), expected, triggers, [], undefined)).toEqual([
      'vip-left: answered by Mavera: 1, expected 2',
    ]);
  });

  it('expects a run of a follower for each run that is done, and counts what is skipped', () => {
    const onlySome = trigger({ name: 'some', when: 'type = "track"', only: () => true }, run);
    const follower = trigger({ name: 'then', after: onlySome }, run);
    const sent = [{ source: 'sendgrid', elements: [{}, {}], isGenuine: true }] as const;
    const wanted = { totals, byTrigger: new Map([['some', { queued: 2, duplicates: 0, notWanted: 1 }]]) };
    const observation = new Observation();
    Object.assign(observation.totals, totals);
    observation.of('some').queued = 2;
    const see = (name: string, runId: string, state: string): void => {
      const record = { message: 'run', trigger: name, runId, outcome: state };
      observation.seeLog({ functionName: '', logicalId: '', pid: 1, stream: 'stdout', text: '', record });
      observation.seeResult(JSON.stringify({ trigger: name, state }));
    };
    see('some', '1', 'done');
    see('some', '2', 'skipped');
    const all = [onlySome, follower];
    expect(differences(observation, wanted, all, [], undefined)).toEqual([
      'then: runs that follow: 0, expected 1',
      'then: answered by Mavera: 0, expected 1',
    ]);
    see('then', '3', 'done');
    expect(differences(observation, wanted, all, [], undefined)).toEqual([]);
    expect(notes(observation, all, sent)).toEqual([
      'SendGrid posted 2 events in 1 request: no trigger wants them.',
      'then follows some: it ran once, with the result of that run.',
    ]);
    expect(table(observation, all)).toMatch(/^some .* 1 .*$/m);
    expect(table(observation, all)).toContain('skipped');
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
