import { describe, expect, it } from 'vitest';
import { localTime } from '../../../cli/ops/format/localTime.ts';
import { advise } from '../../../cli/ops/runs/advise.ts';
import { describeEntry } from '../../../cli/ops/runs/describeHistory.ts';
import { describeState } from '../../../cli/ops/runs/describeState.ts';
import type { RunDetails } from '../../../cli/ops/runs/runDetails.ts';
import { reasons } from '../../../functions/run/reasons.ts';
import { details, nowMs } from './details.ts';

describe('where a run stands', () => {
  const sentence = (more: Partial<RunDetails>): string => describeState(details(more), nowMs);

  it('is, of one that waits, until when and what for', () => {
    expect(sentence({ state: 'waiting', reason: 'pace', notBeforeMs: nowMs + 4_000 })).toBe(
      `It waits and comes back by itself at ${localTime(nowMs + 4_000)} (in 4 s). ${reasons.pace}`,
    );
    expect(sentence({ state: 'waiting', reason: 'paused', notBeforeMs: nowMs - 1 })).toBe(
      `It waits, its time has come, and it goes on as soon as a runner is free. ${reasons.paused}`,
    );
    expect(
      sentence({
        state: 'waiting',
        reason: 'focus_group_running',
        notBeforeMs: nowMs + 60_000,
        pending: 'fg-1',
        pendingSinceMs: nowMs - 120_000,
      }),
    ).toContain(`Its work at Mavera is fg-1, begun ${localTime(nowMs - 120_000)} (2 min ago).`);
  });

  it('is, of one that is held, that a runner is at it', () => {
    expect(sentence({ state: 'waiting', leaseUntilMs: nowMs + 9_000 })).toContain('A runner is at it, until');
    expect(sentence({ state: 'calling', leaseUntilMs: nowMs + 9_000, lostCallAtMs: nowMs - 3_000 })).toBe(
      `Mavera is being called since ${localTime(nowMs - 3_000)} (3 s ago).`,
    );
  });

  it('is, of one whose runner has died in a call, that it comes back and looks for the work', () => {
    expect(sentence({ state: 'calling', lostCallAtMs: nowMs - 600_000 })).toMatch(
      /Its runner has ended while Mavera was being called since .* looks at Mavera for the work before/,
    );
  });

  it('is, of one that is done, what it cost', () => {
    expect(sentence({ state: 'done', reason: 'done', creditsUsed: 1_200 })).toBe(
      'It is done and has used 1,200 credits.',
    );
    expect(sentence({ state: 'done', collected: 3, segmentReport: 'sent' })).toBe(
      'It is done. It has performed 3 gathered events. Its result is at Segment.',
    );
  });

  it('is, of one that was given up or not made, why', () => {
    expect(sentence({ state: 'failed', reason: 'mavera_422' })).toBe(
      'It was given up. Mavera answered 422, the request cannot be processed.',
    );
    expect(sentence({ state: 'skipped', reason: 'cooldown' })).toBe(`It was not made. ${reasons.cooldown}`);
  });

  it('is, of one whose event was gathered, which run performed it', () => {
    const collectedBy = 'b'.repeat(40);
    expect(sentence({ state: 'skipped', reason: 'collected', collectedBy })).toContain(
      'That is run bbbbbbbb.',
    );
    expect(sentence({ state: 'waiting', reason: 'collecting', collectedBy })).toContain(
      'Run bbbbbbbb has closed the window by now: this one ends when it comes back.',
    );
    expect(sentence({ state: 'skipped', reason: 'collected' })).toContain('Which one is not kept any more.');
  });

  it('is the bare word of a state that a later version has written', () => {
    expect(sentence({ state: 'napping' })).toContain('"napping", which this version does not know');
  });
});

describe('what happened to a run', () => {
  it('is a sentence for each entry', () => {
    expect(describeEntry({ atMs: nowMs, what: 'taken' })).toBe('A runner has taken it.');
    expect(describeEntry({ atMs: nowMs, what: 'done', reason: 'done' })).toBe('It is done.');
    expect(describeEntry({ atMs: nowMs, what: 'failed', reason: 'expired' })).toBe(
      `It is given up. ${reasons.expired}`,
    );
  });

  it('is, of waits, until when, how often in a row, and why', () => {
    const untilMs = nowMs + 60_000;
    expect(describeEntry({ atMs: nowMs, what: 'waits', reason: 'pace', untilMs })).toBe(
      `It waits until ${localTime(untilMs)}. ${reasons.pace}`,
    );
    expect(
      describeEntry({ atMs: nowMs, what: 'waits', reason: 'paused', untilMs, times: 3, lastAtMs: nowMs }),
    ).toBe(
      `It waits until ${localTime(untilMs)}, for the 3rd time in a row at ${localTime(nowMs)}. ${reasons.paused}`,
    );
    expect(describeEntry({ atMs: nowMs, what: 'waits', times: 12 })).toContain('for the 12th time');
  });

  it('keeps the word of a reason that this version does not know', () => {
    expect(describeEntry({ atMs: nowMs, what: 'skipped', reason: 'too_cold' })).toBe(
      'It is not made. too_cold',
    );
  });
});

describe('what an operator may do', () => {
  const advice = (more: Partial<RunDetails>): string | undefined => advise(details(more), nowMs, ' --local');

  it('is nothing for a run that is under way or done', () => {
    expect(advice({ state: 'waiting' })).toBeUndefined();
    expect(advice({ state: 'done' })).toBeUndefined();
  });

  it('is a redrive of one that has failed', () => {
    expect(advice({ state: 'failed', reason: 'expired' })).toBe(
      'To have it made again: npm run ops -- runs redrive aaaaaaaa --local',
    );
  });

  it('is to mend the triggers file first where that is at fault', () => {
    expect(advice({ state: 'failed', reason: 'builder_failed' })).toContain(
      'mend the triggers file and deploy it',
    );
  });

  it('is the dead letter where the ledger has not kept the event', () => {
    expect(advice({ state: 'failed', reason: 'expired', events: undefined })).toContain(
      'npm run ops -- dead-letters redrive aaaaaaaa',
    );
  });
});
