import { describe, expect, it } from 'vitest';
import { localTime } from '../../../cli/ops/format/localTime.ts';
import { advise } from '../../../cli/ops/runs/advise.ts';
import { describeState } from '../../../cli/ops/runs/describeState.ts';
import type { RunDetails } from '../../../cli/ops/runs/runDetails.ts';
import { approvalLane, notBeforeLane } from '../../../functions/ledger/parkedIndex.ts';
import { describeEntry } from '../../../functions/run/describeHistory.ts';
import { reasons } from '../../../functions/run/reasons.ts';
import { details, nowMs } from './details.ts';

describe('the description of a run', () => {
  const sentence = (more: Partial<RunDetails>): string => describeState(details(more), nowMs);

  it('says until when a waiting run waits, and what for', () => {
    expect(sentence({ state: 'waiting', reason: 'pace', notBeforeMs: nowMs + 4_000 })).toBe(
      `It waits and comes back by itself at ${localTime(nowMs + 4_000)} (in 4 s). ${reasons.pace}`,
    );
    expect(sentence({ state: 'waiting', reason: 'paused', notBeforeMs: nowMs - 1 })).toBe(
      `It waits for a free runner. ${reasons.paused}`,
    );
    expect(
      sentence({
        state: 'waiting',
        reason: 'focus_group_running',
        notBeforeMs: nowMs + 60_000,
        pending: 'fg-1',
        pendingSinceMs: nowMs - 120_000,
      }),
    ).toContain(`Its work at Mavera is fg-1, started ${localTime(nowMs - 120_000)} (2 min ago).`);
  });

  it('says in which lane a run is parked, since when, and until when if that is known', () => {
    const since = `${localTime(nowMs - 300_000)} (5 min ago)`;
    const parked = (lane: string, orderMs = nowMs): string =>
      sentence({
        state: 'waiting',
        reason: 'trigger_paused',
        parked: {
          runId: 'a'.repeat(40),
          lane,
          trigger: 'churn-signal',
          number: 1,
          orderMs,
          endsAtMs: nowMs + 3_600_000,
          credits: 20,
        },
      });
    expect(parked('churn-signal')).toBe(
      `It has been parked since ${since}, with the runs of churn-signal: the dispatcher gives it its slot, oldest first. ` +
        reasons.trigger_paused,
    );
    expect(parked(notBeforeLane, nowMs + 120_000)).toContain(
      `It has been parked since ${since}, until ${localTime(nowMs + 120_000)} (in 2 min).`,
    );
    expect(parked(approvalLane)).toContain(`since ${since}, until somebody approves or denies it.`);
  });

  it('says that a runner is working on a leased run', () => {
    expect(sentence({ state: 'waiting', leaseUntilMs: nowMs + 9_000 })).toContain(
      'A runner is working on it, until',
    );
    expect(sentence({ state: 'calling', leaseUntilMs: nowMs + 9_000, lostCallAtMs: nowMs - 3_000 })).toBe(
      `Mavera is being called since ${localTime(nowMs - 3_000)} (3 s ago).`,
    );
  });

  it('says that a run whose runner died in a call comes back and searches for the work', () => {
    expect(sentence({ state: 'calling', lostCallAtMs: nowMs - 600_000 })).toMatch(
      /Its runner ended while Mavera was being called since .* searches Mavera for the work before/,
    );
  });

  it('says what a done run cost', () => {
    expect(sentence({ state: 'done', reason: 'done', creditsUsed: 1_200 })).toBe(
      'It is done and used 1,200 credits.',
    );
    expect(sentence({ state: 'done', collected: 3, segmentReport: 'sent' })).toBe(
      'It is done. It was made for 3 collected events. Its result is at Segment.',
    );
  });

  it.each([
    [{ segopsReport: 'sent', segopsReportSends: 1 }, 'Its result is at SegOps.'],
    [
      { segopsReport: 'sent', segopsReportSends: 2 },
      'Its result is at SegOps, which may have taken it up to 2 times.',
    ],
    [{ segopsReport: 'waiting' }, 'Its result is on its way to SegOps.'],
    [{ segopsReport: 'sending', segopsReportSends: 1 }, 'Its result is on its way to SegOps.'],
    [{ segopsReport: 'failed' }, 'The result could not be delivered to SegOps.'],
    [
      { segopsReport: 'failed', segopsReportSends: 1 },
      'The result could not be delivered to SegOps. SegOps may have taken all or part of it.',
    ],
  ])('says where the report to SegOps stands: %o', (report, expected) => {
    expect(sentence({ state: 'done', segmentReport: 'sent', ...report })).toBe(
      `It is done. Its result is at Segment. ${expected}`,
    );
  });

  it('says why a run failed or was skipped', () => {
    expect(sentence({ state: 'failed', reason: 'mavera_422' })).toBe(
      'It failed. Mavera answered 422, the request cannot be processed.',
    );
    expect(sentence({ state: 'skipped', reason: 'cooldown' })).toBe(`It was skipped. ${reasons.cooldown}`);
  });

  it('names the run that was made for a collected event', () => {
    const collectedBy = 'b'.repeat(40);
    expect(sentence({ state: 'skipped', reason: 'collected', collectedBy })).toContain(
      'That is run bbbbbbbb.',
    );
    expect(sentence({ state: 'waiting', reason: 'collecting', collectedBy })).toContain(
      'Run bbbbbbbb has closed the collection: this run ends when it comes back.',
    );
    expect(sentence({ state: 'skipped', reason: 'collected' })).toContain('The ledger no longer has its id.');
  });

  it('shows the word of a state that a later version wrote', () => {
    expect(sentence({ state: 'napping' })).toContain('"napping", which this version does not know');
  });
});

describe('the history of a run', () => {
  it('has a sentence for each entry', () => {
    expect(describeEntry({ atMs: nowMs, what: 'taken' }, localTime)).toBe('A runner took it.');
    expect(describeEntry({ atMs: nowMs, what: 'done', reason: 'done' }, localTime)).toBe('It was done.');
    expect(describeEntry({ atMs: nowMs, what: 'failed', reason: 'expired' }, localTime)).toBe(
      `It failed. ${reasons.expired}`,
    );
  });

  it('says who has decided', () => {
    const by = 'arn:aws:iam::123456789012:user/ann';
    expect(describeEntry({ atMs: nowMs, what: 'approved', by }, localTime)).toBe(`It was approved by ${by}.`);
    expect(describeEntry({ atMs: nowMs, what: 'cancelled' }, localTime)).toBe(
      'It was cancelled by an operator.',
    );
  });

  it('says of waits until when, how often in a row, and why', () => {
    const untilMs = nowMs + 60_000;
    expect(describeEntry({ atMs: nowMs, what: 'waits', reason: 'pace', untilMs }, localTime)).toBe(
      `It waited until ${localTime(untilMs)}. ${reasons.pace}`,
    );
    expect(
      describeEntry(
        { atMs: nowMs, what: 'waits', reason: 'paused', untilMs, times: 3, lastAtMs: nowMs },
        localTime,
      ),
    ).toBe(
      `It waited until ${localTime(untilMs)}, for the 3rd time in a row at ${localTime(nowMs)}. ${reasons.paused}`,
    );
    expect(describeEntry({ atMs: nowMs, what: 'waits', times: 12 }, localTime)).toContain(
      'for the 12th time',
    );
  });

  it('shows the word of a reason that this version does not know', () => {
    expect(describeEntry({ atMs: nowMs, what: 'skipped', reason: 'too_cold' }, localTime)).toBe(
      'It was skipped. too_cold',
    );
  });
});

describe('the advice to an operator', () => {
  const advice = (more: Partial<RunDetails>): string | undefined => advise(details(more), nowMs, ' --local');

  it('is absent for a run that is under way or done', () => {
    expect(advice({ state: 'waiting' })).toBeUndefined();
    expect(advice({ state: 'done' })).toBeUndefined();
  });

  it('is how to decide about a run that waits for approval', () => {
    const id = details({}).runId.slice(0, 8);
    expect(advice({ state: 'waiting', reason: 'approval' })).toBe(
      `To decide: npm run ops -- runs approve ${id} --local, or npm run ops -- runs deny ${id} --local`,
    );
  });

  it('is a redrive for a failed run', () => {
    expect(advice({ state: 'failed', reason: 'expired' })).toBe(
      'To make it again: npm run ops -- runs redrive aaaaaaaa --local',
    );
  });

  it('is to fix the triggers file first if that is the cause', () => {
    expect(advice({ state: 'failed', reason: 'builder_failed' })).toContain(
      'fix the triggers file and deploy it',
    );
  });

  it('is to grant what is missing, or to correct a lookup, before a redrive', () => {
    expect(advice({ state: 'failed', reason: 'not_allowed' })).toBe(
      'To make it again: grant it in access.ts and deploy; then: npm run ops -- runs redrive aaaaaaaa --local',
    );
    expect(advice({ state: 'failed', reason: 'lookup_failed' })).toContain(
      'correct what the sentence above names',
    );
  });

  it('is to redrive the dead letter if the ledger has no event', () => {
    expect(advice({ state: 'failed', reason: 'expired', events: undefined })).toContain(
      'npm run ops -- dead-letters redrive aaaaaaaa',
    );
  });
});
