import { describe, expect, it } from 'vitest';
import { type CaseTraces, type EventTraces, judgeCase } from '../../../lab/prove/crashes/judgeCase.ts';

const well: EventTraces = {
  messageId: 'm',
  timesDone: 1,
  runState: 'done',
  runReason: 'done',
  claimState: 'queued',
  claimLeaseMs: 5_000,
  waitsFor: undefined,
};

function judge(
  changes: Partial<EventTraces>,
  delivered: CaseTraces['delivered'] = 'delivered',
): readonly string[] {
  return judgeCase({ delivered, events: [{ ...well, ...changes }] });
}

describe('the judge of the crash matrix', () => {
  it('a case holds when its event was done once and its run has ended', () => {
    expect(judge({})).toEqual([]);
    expect(judge({ runState: 'skipped', runReason: 'collected' })).toEqual([]);
  });

  it('a case fails when its event is lost or done twice', () => {
    expect(judge({ timesDone: 0 })).toEqual(['m is lost']);
    expect(judge({ timesDone: 2 })).toEqual(['m was done 2 times']);
  });

  it('a case fails when its report to SegOps is lost, or comes again without a lost answer', () => {
    const reported = { times: 1, callsCounted: 1, answersLost: 0 };
    expect(judge({ reported })).toEqual([]);
    expect(judge({ reported: { times: 2, callsCounted: 2, answersLost: 1 } })).toEqual([]);
    expect(judge({ reported: { ...reported, times: 0 } })).toEqual(['the report of m is lost']);
    expect(judge({ reported: { ...reported, times: 2, callsCounted: 2 } })).toEqual([
      'm was reported 2 times',
    ]);
    expect(judge({ reported: { times: 2, callsCounted: 1, answersLost: 1 } })).toEqual([
      'm was reported 2 times, and 1 calls are counted',
    ]);
  });

  it('a case is not finished, rather than lost, while something may still move', () => {
    const slow = { timesDone: 0, runState: 'waiting', runReason: undefined, waitsFor: '1 message in flight' };
    expect(judge(slow)).toEqual(['m is not finished: 1 message in flight']);
    expect(judge({ ...slow, timesDone: 2 })).toEqual([
      'm was done 2 times',
      'm is not finished: 1 message in flight',
    ]);
  });

  it('a case is not lost when its run has failed, because people can find the run', () => {
    expect(judge({ timesDone: 0, runState: 'failed', runReason: 'attempts' })).toEqual([
      'the run of m is failed (attempts)',
    ]);
  });

  it('a case holds when a person has ended its run without a call, and fails if it was called or ended otherwise', () => {
    const judgeDenied = (changes: Partial<EventTraces>): readonly string[] => {
      const denied = { ...well, timesDone: 0, runState: 'skipped', runReason: 'denied' };
      return judgeCase({ delivered: 'delivered', events: [{ ...denied, ...changes }], endedBy: 'denied' });
    };
    expect(judgeDenied({})).toEqual([]);
    expect(judgeDenied({ timesDone: 1 })).toEqual(['m was done although it was denied']);
    expect(judgeDenied({ runReason: 'expired' })).toEqual(['the run of m is skipped (expired)']);
  });

  it('a case fails when its run has not ended well', () => {
    expect(judge({ runState: 'waiting', runReason: 'pace' })).toEqual(['the run of m is waiting (pace)']);
    expect(judge({ runState: undefined, runReason: undefined })).toEqual([
      'the run of m is not there (undefined)',
    ]);
    expect(judge({ runState: 'skipped', runReason: 'cooldown' })).toHaveLength(1);
  });

  it('a case fails when its claim would delay a retry', () => {
    expect(judge({ claimState: 'claiming' })).toEqual(['the claim of m is claiming']);
    expect(judge({ claimState: 'claiming', claimLeaseMs: 0 })).toEqual([]);
  });

  it('a case fails when the sender tries no more', () => {
    expect(judge({}, 'discarded')).toEqual(["the sender's last word is discarded"]);
  });
});
