import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { sampleGate } from '../../../../functions/run/gates/triggerGates.ts';
import { gatedRun } from './gatedRuns.ts';

/** Ids of runs: hashes, so that they are as good as random but the same each time the tests run. */
const runIds = Array.from({ length: 10_000 }, (_none, index) =>
  createHash('sha256').update(`run ${index}`).digest('hex').slice(0, 40),
);

const takes = (runId: string, sample: number): boolean => {
  const decision = sampleGate.decide(gatedRun({ message: { runId }, trigger: { sample } }));
  return 'kind' in decision && decision.kind === 'pass';
};
const taken = (sample: number): readonly string[] => runIds.filter((runId) => takes(runId, sample));

describe('a trigger that takes a share of its events', () => {
  it.each([0.01, 0.1, 0.25, 0.5, 0.9])('a sample of %d takes about that share of the events', (sample) => {
    // Four times the standard deviation of a binomial distribution.
    const tolerance = 4 * Math.sqrt((sample * (1 - sample)) / runIds.length);
    expect(Math.abs(taken(sample).length / runIds.length - sample)).toBeLessThan(tolerance);
  });

  it('a sample takes the same events however often they come', () => {
    expect(taken(0.3)).toEqual(taken(0.3));
  });

  it('a larger sample takes all events of a smaller one, so that raising it loses none', () => {
    const larger = new Set(taken(0.5));
    expect(taken(0.2).every((runId) => larger.has(runId))).toBe(true);
  });

  it('an event outside the sample is skipped as sampled_out', () => {
    const run = gatedRun({ message: { runId: 'f'.repeat(40) }, trigger: { sample: 0.5 } });
    expect(sampleGate.decide(run)).toEqual({ kind: 'skip', reason: 'sampled_out' });
  });

  it('a sample of 0.5 takes exactly half of all ids', () => {
    expect(takes(`7${'f'.repeat(39)}`, 0.5)).toBe(true);
    expect(takes(`8${'0'.repeat(39)}`, 0.5)).toBe(false);
  });

  it('a sample may be as small as one in a million', () => {
    expect(takes(`000010${'0'.repeat(34)}`, 0.000001)).toBe(true);
    expect(takes(`000011${'0'.repeat(34)}`, 0.000001)).toBe(false);
  });

  it('a run that an operator redrives passes, whether or not it is in the sample', () => {
    const message = { runId: 'f'.repeat(40), redrive: 'ended-1' };
    expect(sampleGate.decide(gatedRun({ message, trigger: { sample: 0.01 } }))).toEqual({ kind: 'pass' });
  });
});

describe('a trigger that takes all of its events', () => {
  it.each([{}, { sample: 1 }])('a trigger with sample 1 or none takes all events: %j', (trigger) => {
    for (const runId of ['0'.repeat(40), 'f'.repeat(40), ...runIds.slice(0, 100)]) {
      expect(sampleGate.decide(gatedRun({ message: { runId }, trigger }))).toEqual({ kind: 'pass' });
    }
  });
});
