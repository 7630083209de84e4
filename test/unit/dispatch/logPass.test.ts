import { describe, expect, it } from 'vitest';
import { laneMetrics, logPass } from '../../../functions/dispatch/logPass.ts';
import type { LaneReport } from '../../../functions/ledger/dispatcherState.ts';
import { Log } from '../../../functions/observability/log.ts';

const nowMs = Date.parse('2026-11-20T12:00:00Z');

function lane(name: string, reason: string | undefined, ageMs: number, count = 1): LaneReport {
  return { lane: name, reason, count, isExact: true, countedAtMs: nowMs, oldestMs: nowMs - ageMs };
}

/** The lines of a pass that found these lanes. */
function linesOf(lanes: readonly LaneReport[]): readonly Record<string, unknown>[] {
  const lines: string[] = [];
  const log = new Log({
    service: 'mavera-triggers',
    namespace: 'MaveraTriggers',
    now: () => nowMs,
    write: (line) => lines.push(line),
  });
  const rest = {
    sentWithSlot: 3,
    sentWithoutSlot: 1,
    budgetUsedPercent: undefined,
    counts: {},
    nextSlots: {},
  };
  logPass(log, { kind: 'done', lanes, ...rest }, { begunMs: nowMs - 250, endedMs: nowMs });
  return lines.map((line) => JSON.parse(line) as Record<string, unknown>);
}

/** The dimensions of the metrics of a line. */
function dimensionsOf(line: Record<string, unknown> = {}): unknown {
  const { CloudWatchMetrics } = line._aws as { CloudWatchMetrics: readonly { Dimensions: unknown }[] };
  return CloudWatchMetrics.map(({ Dimensions }) => Dimensions);
}

describe('the log of a pass', () => {
  it('counts the parked runs of all lanes, and of each lane as its trigger', () => {
    const lanes = [lane('churn-signal', undefined, 5_000, 40), lane('~approval', 'approval', 9_000, 2)];
    const [pass, first, second, ...more] = linesOf(lanes);
    expect(pass).toMatchObject({
      message: 'dispatch',
      RunsParked: 42,
      RunsDispatched: 4,
      DispatcherFinished: 1,
    });
    expect(first).toMatchObject({ message: 'lane', trigger: 'churn-signal', RunsParked: 40 });
    expect(second).toMatchObject({ message: 'lane', trigger: '~approval', RunsParked: 2 });
    expect(dimensionsOf(first)).toEqual([[['service']], [['service', 'trigger']]]);
    expect(more).toEqual([]);
  });

  it('says when nothing is parked: a count of 0 is not left out', () => {
    const lines = linesOf([lane('churn-signal', undefined, 0, 0)]);
    expect(lines).toHaveLength(1);
    expect(lines[0]).toMatchObject({ RunsParked: 0, DispatcherFinished: 1, DispatcherDuration: 250 });
  });
});

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
