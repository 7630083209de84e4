import { describe, expect, it } from 'vitest';
import { askMave, trigger } from '../../../functions/index.ts';
import { notBeforeLane } from '../../../functions/ledger/parkedIndex.ts';
import { appDifferences, type ObservedApp } from '../../../local/app/appDifferences.ts';
import { Observation } from '../../../local/scenario/observation.ts';

const run = askMave(() => ({ message: 'Why?' }));
const churn = trigger({ name: 'churn', when: 'type = "track"' }, run);
const totals = { received: 2, queued: 2, duplicates: 0, ignored: 0, invalid: 0, refused: 0 };
const ended = { runId: 'a'.repeat(40), trigger: 'churn', state: 'done', creditsUsed: 5, events: [] } as const;

/** Two events have queued two runs. */
function observed(more: Partial<ObservedApp>, seen: object = {}): ObservedApp {
  const observation = new Observation();
  Object.assign(observation.totals, totals, seen);
  observation.of('churn').queued = 2;
  return {
    triggers: [churn],
    observation,
    expected: { totals, byTrigger: new Map([['churn', { queued: 2, duplicates: 0, notWanted: 0 }]]) },
    pulls: [],
    runs: [ended, { ...ended, runId: 'b'.repeat(40), state: 'skipped', reason: 'cooldown' }],
    parked: [],
    ...more,
  };
}

describe('the account of an app', () => {
  it('is complete when each queued run has ended or is parked', () => {
    expect(appDifferences(observed({}))).toEqual([]);
    const parked = [{ trigger: 'churn', lane: notBeforeLane, count: 1 }];
    expect(appDifferences(observed({ runs: [ended], parked }))).toEqual([]);
  });

  it('names a run that is lost', () => {
    expect(appDifferences(observed({ runs: [ended] }))).toEqual([
      'churn: of 2 runs, 1 have ended and 0 wait',
    ]);
  });

  it('names an event that the receiver has counted in another way than the filters say', () => {
    expect(appDifferences(observed({}, { queued: 1, ignored: 1 }))).toEqual([
      'the receiver has counted 1 events as queued, expected 2',
      'the receiver has counted 1 events as ignored, expected 0',
    ]);
  });

  it('does not count the events of a sample', () => {
    const triggers = [trigger({ name: 'churn', when: 'type = "track"', sample: 0.5 }, run)];
    expect(appDifferences(observed({ triggers }, { queued: 1, ignored: 1 }))).toEqual([]);
  });

  it('names a run that has failed, and a pull that is not done', () => {
    const failed = {
      ...ended,
      state: 'failed',
      reason: 'builder_failed',
      detail: 'x is not a function',
    } as const;
    const pulls = [
      { trigger: 'contacts', kind: 'sendgridContacts', time: 'first', ended: undefined } as const,
    ];
    expect(appDifferences(observed({ runs: [ended, failed], pulls }))).toEqual([
      'the pull contacts has not ended',
      'churn: run aaaaaaaa has failed (builder_failed: x is not a function)',
    ]);
  });
});
