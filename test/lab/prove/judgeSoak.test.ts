import { describe, expect, it } from 'vitest';
import { leastSamples } from '../../../lab/memory/memoryTrend.ts';
import { judgeSoak, type SoakTraces } from '../../../lab/prove/soak/judgeSoak.ts';
import { soakMessageId, soakRequests } from '../../../lab/prove/soak/soakRequests.ts';
import { seededRandom } from '../../../simulators/mavera/seededRandom.ts';
import { isBatch } from '../../../simulators/segment/payload.ts';

const wanted = soakMessageId(1, 'wanted');
const ignored = soakMessageId(2, 'ignored');
const megabyte = 1_048_576;

function failuresOf(changes: Partial<SoakTraces>): readonly string[] {
  const { failures } = judgeSoak({
    accepted: new Set([wanted, ignored]),
    undelivered: 0,
    timesDone: new Map([[wanted, 1]]),
    waitsFor: undefined,
    problems: [],
    memory: [],
    ...changes,
  });
  return failures;
}

describe('a soak', () => {
  it('a soak holds when every wanted event was done once, and nothing else was', () => {
    expect(failuresOf({})).toEqual([]);
  });

  it('a soak fails when the run that follows another one is lost or done twice', () => {
    const chained = soakMessageId(3, 'chained');
    const accepted = new Set([chained]);
    const first: [string, number] = [chained, 1];
    const follower = `${chained}/follower`;
    expect(failuresOf({ accepted, timesDone: new Map([first, [follower, 1]]) })).toEqual([]);
    expect(failuresOf({ accepted, timesDone: new Map([first]) })).toEqual([`lost: ${follower}`]);
    expect(failuresOf({ accepted, timesDone: new Map([first, [follower, 2]]) })).toEqual([
      `done twice: ${follower}`,
    ]);
  });

  it('a soak fails for events that are lost, done twice or not wanted', () => {
    expect(failuresOf({ timesDone: new Map() })).toEqual([`lost: ${wanted}`]);
    expect(failuresOf({ timesDone: new Map([[wanted, 2]]) })).toEqual([`done twice: ${wanted}`]);
    const waitsFor = '1 message delayed';
    expect(failuresOf({ timesDone: new Map(), waitsFor })).toEqual([
      `not finished: ${wanted}`,
      'not finished, waiting for 1 message delayed',
    ]);
    const more = new Map([
      [wanted, 1],
      [ignored, 1],
    ]);
    expect(failuresOf({ timesDone: more })).toEqual([`done without being asked: ${ignored}`]);
  });

  it('a soak fails when the sender tries no more, the ledger is wrong, or no event was wanted', () => {
    expect(failuresOf({ undelivered: 1 })).toHaveLength(1);
    expect(failuresOf({ problems: ['run#a is waiting'] })).toEqual(['run#a is waiting']);
    expect(failuresOf({ accepted: new Set([ignored]), timesDone: new Map() })).toHaveLength(1);
  });

  it('a soak fails when the memory of a long-lived process grows', () => {
    const growing = Array.from({ length: leastSamples }, (_none, index) => (80 + index) * megabyte);
    expect(failuresOf({ memory: [{ name: 'runner 1', samplesBytes: growing }] })).toEqual([
      'runner 1 grows from 110 to 270 MB',
    ]);
    const flat = growing.map(() => 90 * megabyte);
    expect(failuresOf({ memory: [{ name: 'runner 1', samplesBytes: flat }] })).toEqual([]);
  });
});

describe('the requests of a soak', () => {
  const load = {
    events: 2_000,
    wantedShare: 0.1,
    chainedShare: 0.2,
    repeatedShare: 0.1,
    singleShare: 0.5,
    largestBatch: 100,
  };
  const requests = [...soakRequests({ ...load, random: seededRandom(1) })];
  const ids = requests.flatMap(({ payload }) =>
    (isBatch(payload) ? payload : [payload]).map((event) => String(event?.messageId)),
  );

  it('the requests carry every event, a tenth of them twice, never twice in one request', () => {
    expect(new Set(ids).size).toBe(2_000);
    const repeated = requests.reduce((sum, request) => sum + request.repeated, 0);
    expect(ids).toHaveLength(2_000 + repeated);
    expect(repeated).toBeGreaterThan(150);
    expect(repeated).toBeLessThan(250);
    for (const { payload } of requests) {
      const some = (isBatch(payload) ? payload : [payload]).map((event) => event?.messageId);
      expect(new Set(some).size).toBe(some.length);
    }
  });

  it('the requests are single events and batches', () => {
    const batches = requests.filter(({ payload }) => isBatch(payload));
    expect(batches.length).toBeGreaterThan(5);
    expect(batches.length).toBeLessThan(requests.length);
  });
});
