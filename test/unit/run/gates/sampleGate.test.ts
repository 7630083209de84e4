import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { sampleGate } from '../../../../functions/run/gates/triggerGates.ts';
import { gatedRun } from './gatedRuns.ts';

/** Ids of runs, as hashes are: as good as random, and the same in each run of the tests. */
const runIds = Array.from({ length: 10_000 }, (_none, index) =>
  createHash('sha256').update(`run ${index}`).digest('hex').slice(0, 40),
);

const takes = (runId: string, sample: number): boolean => {
  const decision = sampleGate.decide(gatedRun({ message: { runId }, trigger: { sample } }));
  return 'kind' in decision && decision.kind === 'pass';
};
const taken = (sample: number): readonly string[] => runIds.filter((runId) => takes(runId, sample));

describe('a trigger that takes a share of its events', () => {
  it.each([0.01, 0.1, 0.25, 0.5, 0.9])('takes about that share of them: %d', (sample) => {
    // Four times the standard deviation of a binomial distribution.
    const tolerance = 4 * Math.sqrt((sample * (1 - sample)) / runIds.length);
    expect(Math.abs(taken(sample).length / runIds.length - sample)).toBeLessThan(tolerance);
  });

  it('takes the same ones however often they come', () => {
    expect(taken(0.3)).toEqual(taken(0.3));
  });

  it('takes those of a smaller share also with a larger one, so that raising it loses none', () => {
    const larger = new Set(taken(0.5));
    expect(taken(0.2).every((runId) => larger.has(runId))).toBe(true);
  });

  it('says of the others that they are sampled out', () => {
    const run = gatedRun({ message: { runId: 'f'.repeat(40) }, trigger: { sample: 0.5 } });
    expect(sampleGate.decide(run)).toEqual({ kind: 'skip', reason: 'sampled_out' });
  });

  it('takes half of all ids for 0.5, to the digit', () => {
    expect(takes(`7${'f'.repeat(39)}`, 0.5)).toBe(true);
    expect(takes(`8${'0'.repeat(39)}`, 0.5)).toBe(false);
  });

  it('takes a share as small as one in a million', () => {
    expect(takes(`000010${'0'.repeat(34)}`, 0.000001)).toBe(true);
    expect(takes(`000011${'0'.repeat(34)}`, 0.000001)).toBe(false);
  });

  it('takes a run that an operator redrives, whether it is in the sample or not', () => {
    const message = { runId: 'f'.repeat(40), redrive: 'ended-1' };
    expect(sampleGate.decide(gatedRun({ message, trigger: { sample: 0.01 } }))).toEqual({ kind: 'pass' });
  });
});

describe('a trigger that takes all of its events', () => {
  it.each([{}, { sample: 1 }])('takes each of them: %j', (trigger) => {
    for (const runId of ['0'.repeat(40), 'f'.repeat(40), ...runIds.slice(0, 100)]) {
      expect(sampleGate.decide(gatedRun({ message: { runId }, trigger }))).toEqual({ kind: 'pass' });
    }
  });
});
