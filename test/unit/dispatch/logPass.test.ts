import { describe, expect, it } from 'vitest';
import { laneMetrics } from '../../../functions/dispatch/logPass.ts';
import type { LaneReport } from '../../../functions/ledger/dispatcherState.ts';

const nowMs = Date.parse('2026-11-20T12:00:00Z');

function lane(name: string, reason: string | undefined, ageMs: number, count = 1): LaneReport {
  return { lane: name, reason, count, isExact: true, countedAtMs: nowMs, oldestMs: nowMs - ageMs };
}

describe('the metrics of parked runs', () => {
  it('all parked runs are counted, whatever they wait for', () => {
    const lanes = [lane('a', undefined, 5_000, 70), lane('~approval', 'approval', 9_000, 2)];
    expect(laneMetrics(lanes, nowMs)).toMatchObject({ RunsParked: 72 });
    expect(laneMetrics([], nowMs)).toEqual({ RunsParked: 0 });
  });

  it('the age is that of the oldest run that waits for a reason that nobody chose', () => {
    const lanes = [
      lane('a', 'budget_spent', 60_000),
      lane('b', undefined, 90_000),
      lane('c', 'trigger_paused', 900_000),
      lane('d', 'paused', 900_000),
      lane('~approval', 'approval', 900_000),
      lane('~notBefore', 'not_before', -900_000),
    ];
    expect(laneMetrics(lanes, nowMs)).toMatchObject({ OldestParkedAge: 90_000 });
    expect(laneMetrics(lanes.slice(2), nowMs)).not.toHaveProperty('OldestParkedAge', expect.anything());
  });

  it('a trigger that waits counts once for what holds its runs back', () => {
    const lanes = [
      lane('a', 'budget_spent', 1, 500),
      lane('b', 'overall_budget_spent', 1),
      lane('c', 'breaker_open', 1),
      lane('d', 'breaker_probing', 1),
      lane('e', 'credits_low', 1),
      lane('f', 'api_key_unavailable', 1),
      lane('g', 'paused', 1),
    ];
    expect(laneMetrics(lanes, nowMs)).toMatchObject({
      RunsHeldByBudget: 2,
      RunsHeldByBreaker: 2,
      RunsHeldByCredits: 1,
      RunsWithoutApiKey: 1,
      RunsHeldByPause: 1,
    });
  });
});
