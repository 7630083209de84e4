import { dollarsPerMillion } from '../cost/dollars.ts';
import { peerPrices } from '../cost/peerPrices.ts';
import type { Effort } from '../measure/eventCost.ts';
import type { LoadName } from '../measure/eventCosts.ts';
import type { OpenLoadLatency } from '../measure/latencies.ts';
import type { Measurements } from '../measure/measurements.ts';
import { type BarChart, type BarGroup, barChart } from '../plot/barChart.ts';
import { scenarios } from '../report/rows/costRows.ts';

const sides = ['receiver', 'baseline'] as const;

/** The plots of docs/performance.md, as SVG by file name. */
export function plots(measurements: Measurements): Readonly<Record<string, string>> {
  const { start, events, latency, ledger } = measurements;
  return {
    'import.svg': barChart(importChart(start)),
    'cpu.svg': barChart(cpuChart(events)),
    'throughput.svg': barChart(throughputChart(events)),
    'latency-single.svg': barChart(latencyChart('one event', latency.single)),
    'latency-batch.svg': barChart(latencyChart('a batch of 100 events', latency.batch)),
    'cost.svg': barChart(costChart(events)),
    'peers.svg': barChart(peersChart(events)),
    'ledger.svg': barChart(ledgerChart(ledger)),
  };
}

/** A bar for each side. */
function group(label: string, ...values: readonly number[]): BarGroup {
  return { label, bars: values.map((value, series) => ({ series, value })) };
}

function importChart({ importTimes }: Measurements['start']): BarChart {
  const { receiverMs, baselineMs, baselineOnRuntimeSdkMs, emptyMs } = importTimes;
  const only = (label: string, series: number, value: number): BarGroup => ({
    label,
    bars: [{ series, value }],
  });
  return {
    title: 'Import in a fresh process',
    unit: 'ms, median',
    digits: 1,
    series: ['receiver', 'baseline', 'empty handler'],
    groups: [
      only('receiver', 0, receiverMs),
      only('baseline, SDK bundled', 1, baselineMs),
      only("baseline, NodejsFunction's defaults", 1, baselineOnRuntimeSdkMs),
      only('a handler that does nothing', 2, emptyMs),
    ],
  };
}

function cpuChart({ receiver, baseline, putAndSend }: Measurements['events']): BarChart {
  const cpu = (label: string, load: LoadName): BarGroup =>
    group(label, receiver[load].cpuMs, baseline[load].cpuMs, putAndSend[load].cpuMs);
  return {
    title: 'CPU per event',
    unit: 'ms, median of the rounds',
    digits: 2,
    series: ['receiver', 'baseline', 'one put and one send'],
    groups: [
      cpu('matched, single', 'single'),
      cpu('matched, batches of 1,000', 'batch'),
      cpu('not matched, single', 'ignored'),
      cpu('not matched, batches of 1,000', 'ignoredBatch'),
    ],
  };
}

function throughputChart({ receiver, baseline }: Measurements['events']): BarChart {
  const perSecond = (label: string, load: LoadName, time: keyof Effort): BarGroup =>
    group(label, 1000 / receiver[load][time], 1000 / baseline[load][time]);
  return {
    title: 'Matched events that one environment takes',
    unit: 'events a second',
    digits: 0,
    series: sides,
    groups: [
      perSecond('single, by the clock', 'single', 'wallMs'),
      perSecond('single, by CPU', 'single', 'cpuMs'),
      perSecond('batches of 1,000, by the clock', 'batch', 'wallMs'),
      perSecond('batches of 1,000, by CPU', 'batch', 'cpuMs'),
    ],
  };
}

function latencyChart(what: string, { everyMs, of }: OpenLoadLatency<'receiver' | 'baseline'>): BarChart {
  return {
    title: `Latency under open load: ${what} every ${everyMs} ms`,
    unit: 'ms from the moment the request came',
    digits: 1,
    series: sides,
    groups: [
      group('half of the requests (p50)', of.receiver.p50Ms, of.baseline.p50Ms),
      group('99 of 100 requests (p99)', of.receiver.p99Ms, of.baseline.p99Ms),
    ],
  };
}

function costChart({ receiver, baseline }: Measurements['events']): BarChart {
  return {
    title: 'AWS, for a million events',
    unit: '$ at list prices',
    digits: 3,
    series: sides,
    groups: (Object.keys(scenarios) as LoadName[]).map((load) =>
      group(
        scenarios[load],
        dollarsPerMillion(receiver[load]).total,
        dollarsPerMillion(baseline[load]).total,
      ),
    ),
  };
}

function peersChart({ receiver }: Measurements['events']): BarChart {
  const ours = (load: LoadName): BarGroup =>
    group(`receiver, ${scenarios[load]}`, dollarsPerMillion(receiver[load]).total);
  return {
    title: 'A million events, against list prices of others',
    unit: '$',
    digits: 2,
    series: ['receiver, on AWS', 'list price'],
    groups: [
      ours('single'),
      ours('batch'),
      ours('ignored'),
      ...peerPrices.map(({ name, dollarsPerMillion: value }) => ({
        label: name,
        bars: [{ series: 1, value }],
      })),
    ],
  };
}

function ledgerChart(ledger: Measurements['ledger']): BarChart {
  const cpu = (label: string, kind: keyof Measurements['ledger']): BarGroup =>
    group(label, ledger[kind].many.cpuMs, ledger[kind].few.cpuMs);
  return {
    title: 'CPU per event, by the claims in the ledger',
    unit: 'ms, median of the rounds',
    digits: 2,
    series: ['1,000,000 claims', '1,000 claims'],
    groups: [
      cpu('single', 'single'),
      cpu('batches of 1,000', 'batch'),
      cpu('known events, batches of 1,000', 'duplicate'),
    ],
  };
}
