import { describe, expect, it } from 'vitest';
import type { ColdAnswers } from '../../../lab/bench/measure/coldAnswers.ts';
import type { Measurements } from '../../../lab/bench/measure/measurements.ts';
import { reportTable } from '../../../lab/bench/report/reportTable.ts';
import type { Row } from '../../../lab/bench/report/row.ts';
import { rows, sections } from '../../../lab/bench/report/sections.ts';

const cost = (cpuMs: number, calls: number, writeUnits: number, queueRequests: number) => ({
  cpuMs,
  wallMs: cpuMs,
  calls,
  requests: 1,
  billedMs: 0,
  billed: { writeUnits, queueRequests },
  messages: queueRequests > 0 ? 1 : 0,
  logBytes: 0,
});
const nothing = cost(0.1, 0, 0, 0);
const unwanted = { rare: nothing, rareBatch: nothing, ignored: nothing, ignoredBatch: nothing };
const effort = { cpuMs: 1, wallMs: 2, calls: 3 };
const latency = { p50Ms: 5, p99Ms: 10, worstMs: 20, requests: 900 };

const cold: ColdAnswers = {
  wanted: { receiverMs: 100, baselineMs: 200 },
  unwanted: { receiverMs: 45, baselineMs: 150 },
  refused: { receiverMs: 45, baselineMs: 150 },
  nodeStart: { receiverMs: 40, baselineMs: 40 },
};

const asGoodAsItMustBe: Measurements = {
  start: {
    bundleBytes: { receiver: 320_000, baseline: 800_000, baselineOnRuntimeSdk: 500_000 },
    importTimes: { receiverMs: 45, baselineMs: 100, baselineOnRuntimeSdkMs: 110, emptyMs: 1 },
  },
  cold,
  events: {
    receiver: { ...unwanted, single: cost(2, 3, 2, 1), batch: cost(0.35, 0.25, 2, 0.1) },
    baseline: { ...unwanted, single: cost(3, 3, 2, 1), batch: cost(1.5, 3, 2, 1) },
    putAndSend: { ...unwanted, single: cost(2, 2, 1, 1), batch: cost(1, 2, 1, 1) },
  },
  largest: {
    receiver: {
      wallMs: 3_000,
      peakRssBytes: 199_999_999,
      peakHeapBytes: 60_000_000,
      cpuMs: 0.4,
      calls: 0.18,
    },
    baseline: { wallMs: 9_000, peakRssBytes: 400_000_000, peakHeapBytes: 200_000_000, cpuMs: 2, calls: 3 },
  },
  latency: {
    single: { everyMs: 8, of: { receiver: latency, baseline: latency } },
    batch: { everyMs: 300, of: { receiver: latency, baseline: latency } },
  },
  ledger: {
    single: { few: effort, many: effort },
    batch: { few: effort, many: effort },
    duplicate: { few: effort, many: effort },
  },
  pace: { calls: 1_001, seconds: 105, mostInWindow: 600, limit: 600, refused: 0, shareUsed: 0.95 },
  parking: {
    runs: 1_500,
    deliveries: 3,
    calls: 1_501,
    seconds: 158,
    mostInWindow: 600,
    limit: 600,
    refused: 0,
    shareUsed: 0.95,
  },
  fairness: { others: 3_000, sentAfterSeconds: 30, startedAfterSeconds: 120, refused: 0 },
  admission: {
    events: 60,
    admitted: { p50Ms: 100, deliveries: 2 },
    oneQueue: { p50Ms: 50, deliveries: 1 },
  },
  bill: { runs: 400, writeUnits: 15.9, readUnits: 0, queueRequests: 0.1, deliveries: 3 },
  overlap: { mappings: 3, copies: 60, events: 10, refused: 0, queuedTwice: 0 },
};

const broken = (measurements: Measurements): readonly string[] =>
  rows(measurements)
    .filter(({ holds }) => holds === false)
    .map(({ name }) => name);

const { start, events, largest, pace, overlap } = asGoodAsItMustBe;
const { parking, fairness, admission, bill } = asGoodAsItMustBe;
const { admitted } = admission;
const { receiver } = events;
const withStart = (changed: Partial<typeof start>): Measurements => ({
  ...asGoodAsItMustBe,
  start: { ...start, ...changed },
});
const withCold = (changed: Partial<typeof cold>): Measurements => ({
  ...asGoodAsItMustBe,
  cold: { ...cold, ...changed },
});
const withReceiver = (changed: Partial<typeof receiver>): Measurements => ({
  ...asGoodAsItMustBe,
  events: { ...events, receiver: { ...receiver, ...changed } },
});
const withLargestBatch = (changed: Partial<typeof largest.receiver>): Measurements => ({
  ...asGoodAsItMustBe,
  largest: { ...largest, receiver: { ...largest.receiver, ...changed } },
});
const withFirstCall = (changed: Partial<typeof admitted>): Measurements => ({
  ...asGoodAsItMustBe,
  admission: { ...admission, admitted: { ...admitted, ...changed } },
});

describe('the start of a receiver for all sources', () => {
  it('is shown beside that of a receiver for Segment alone, without a limit', () => {
    const measured = withStart({
      bundleBytes: { ...start.bundleBytes, receiverForAllSources: 330_000 },
      importTimes: { ...start.importTimes, receiverForAllSourcesMs: 58 },
    });
    const shown = sections(measured).start.filter(({ name }) => name.includes('SendGrid and SegOps'));
    expect(shown.map(({ receiver }) => receiver)).toEqual([330, 58]);
    expect(shown.every(({ limit }) => limit === undefined)).toBe(true);
    expect(sections(asGoodAsItMustBe).start).toHaveLength(sections(measured).start.length - 2);
  });
});

describe('the limits of the bench', () => {
  it('limits hold for figures that are equal to them', () => {
    expect(broken(asGoodAsItMustBe)).toEqual([]);
    expect(rows(asGoodAsItMustBe).filter(({ holds }) => holds)).toHaveLength(28);
  });

  it.each([
    ['bundle', withStart({ bundleBytes: { ...start.bundleBytes, receiver: 320_001 } })],
    ['import', withStart({ importTimes: { ...start.importTimes, receiverMs: 45.1 } })],
    ['that a trigger wants', withCold({ wanted: { receiverMs: 100.1, baselineMs: 200 } })],
    ['that no trigger wants: ms', withCold({ unwanted: { receiverMs: 45.1, baselineMs: 150 } })],
    ['with a wrong signature', withCold({ refused: { receiverMs: 45.1, baselineMs: 150 } })],
    ['one put and one send', withReceiver({ batch: cost(0.36, 0.25, 2, 0.1) })],
    ['one put and one send', withReceiver({ batch: cost(0.35, 0.26, 2, 0.1) })],
    ['no trigger wants', withReceiver({ ignored: cost(0.1, 0.001, 0, 0) })],
    ['in a batch of 1,000', withReceiver({ ignoredBatch: cost(0.1, 0.001, 0, 0) })],
    ['batch of 4,000', withLargestBatch({ wallMs: 3_001 })],
    ['batch of 4,000', withLargestBatch({ wallMs: Number.POSITIVE_INFINITY })],
    ['peak memory', withLargestBatch({ peakRssBytes: 200_000_000 })],
    ['most calls', { ...asGoodAsItMustBe, pace: { ...pace, mostInWindow: 601 } }],
    ['429', { ...asGoodAsItMustBe, pace: { ...pace, refused: 1 } }],
    ['not used', { ...asGoodAsItMustBe, pace: { ...pace, shareUsed: 0.949 } }],
    ['1500 parked runs', { ...asGoodAsItMustBe, parking: { ...parking, mostInWindow: 601 } }],
    ['429', { ...asGoodAsItMustBe, parking: { ...parking, refused: 1 } }],
    ['not used', { ...asGoodAsItMustBe, parking: { ...parking, shareUsed: 0.949 } }],
    ['deliveries of a run', { ...asGoodAsItMustBe, parking: { ...parking, deliveries: 3.01 } }],
    ['3000 of another', { ...asGoodAsItMustBe, fairness: { ...fairness, startedAfterSeconds: 120.1 } }],
    ['429', { ...asGoodAsItMustBe, fairness: { ...fairness, refused: 1 } }],
    ['to the call', withFirstCall({ p50Ms: 101 })],
    ['deliveries of the run', { ...asGoodAsItMustBe, bill: { ...bill, deliveries: 3.01 } }],
    ['a million of them', { ...asGoodAsItMustBe, bill: { ...bill, writeUnits: 16 } }],
    ['answered 503', { ...asGoodAsItMustBe, overlap: { ...overlap, refused: 1 } }],
    ['queued twice', { ...asGoodAsItMustBe, overlap: { ...overlap, queuedTwice: 1 } }],
    ['cost per million', withReceiver({ single: cost(2, 10, 7, 1) })],
  ])('each limit can be broken alone: %s', (name, measurements) => {
    expect(broken(measurements)).toEqual([expect.stringContaining(name)]);
  });
});

describe('a report of some measurements', () => {
  it('a report of some measurements has only their rows', () => {
    const { start: startRows, ...others } = sections({ start });
    expect(startRows).toHaveLength(5);
    expect(Object.values(others).flat()).toEqual([]);
  });
});

describe('the table of the bench', () => {
  it('the table shows figures, ratio, limit and verdict of each row', () => {
    const table: readonly Row[] = [
      {
        name: 'import: ms',
        receiver: 60.04,
        other: 100,
        ratio: 0.6,
        digits: 1,
        limit: { of: 'ratio', bound: 'at most', value: 0.55 },
        holds: false,
      },
      {
        name: 'memory: MB',
        receiver: 150,
        digits: 0,
        limit: { of: 'figure', bound: 'below', value: 200 },
        holds: true,
      },
      { name: 'heap: MB', receiver: 60, other: 120, ratio: 0.5, digits: 0 },
    ];
    expect(reportTable(table).split('\n')).toEqual([
      '            receiver  baseline   ratio  must be',
      'import: ms      60.0     100.0  0.60 ×  ≤ 0.55 ×  does not hold',
      'memory: MB       150                    < 200     holds',
      'heap: MB          60       120  0.50 ×',
    ]);
  });

  it('the table fits into 110 columns', () => {
    const widest = Math.max(
      ...reportTable(rows(asGoodAsItMustBe))
        .split('\n')
        .map((line) => line.length),
    );
    expect(widest).toBeLessThanOrEqual(110);
  });
});
