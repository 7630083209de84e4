import { wasBusy } from '../../machine.ts';
import { type Dollars, dollarsPerMillion } from '../cost/dollars.ts';
import { peerPrices } from '../cost/peerPrices.ts';
import type { LoadName } from '../measure/eventCosts.ts';
import type { Measurements } from '../measure/measurements.ts';
import { scenarios } from '../report/rows/costRows.ts';
import { sections } from '../report/sections.ts';
import type { Results } from '../results/results.ts';
import { type Headings, markdownTable, rowsTable } from './markdownTable.ts';

const sides: Headings = ['receiver', 'baseline'];

/** The blocks of docs/performance.md by the names of their markers. */
export function blocks(results: Results): Readonly<Record<string, string>> {
  const { measurements } = results;
  const {
    start,
    cold,
    cpu,
    calls,
    throughput,
    latency,
    largest,
    ledger,
    pace,
    overlap,
    contacts,
    ...parked
  } = sections(measurements);
  return {
    machine: machine(results),
    start: rowsTable(start, sides),
    cold: rowsTable(cold, sides),
    latency: rowsTable(latency, sides),
    throughput: rowsTable(throughput, sides),
    cpu: rowsTable(cpu, sides),
    calls: rowsTable(calls, sides),
    largest: rowsTable(largest, sides),
    cost: costTable(measurements.events),
    peers: peersTable(measurements.events),
    ledger: rowsTable(ledger, ['1,000,000 claims', '1,000 claims']),
    pace: rowsTable(pace, ['runner', '']),
    parking: rowsTable(parked.parking, ['runner', '']),
    fairness: rowsTable(parked.fairness, ['runner', '']),
    admission: rowsTable(parked.admission, ['with an admission', 'one queue']),
    bill: rowsTable(parked.bill, ['runner and dispatcher', '']),
    overlap: rowsTable(overlap, ['receiver', '']),
    contacts: rowsTable(contacts, ['puller', 'plain pass']),
  };
}

function machine({ measuredAt, machine: where }: Results): string {
  const { cpu, cores, memoryBytes, node, platform, loadBefore } = where;
  const gibibytes = Math.round(memoryBytes / 1024 ** 3);
  const busy = '**Others were at work on it**: times are longer than they need be, and ratios less exact.';
  return [
    `Measured on ${measuredAt.slice(0, 10)}: ${cores} cores (${cpu}), ${gibibytes} GiB of memory, Node.js ${node}, ${platform}.`,
    `Load average before the run: ${loadBefore.toFixed(1)}.${wasBusy(where) ? ` ${busy}` : ''}`,
  ].join('\n');
}

function costTable({ receiver, baseline }: Measurements['events']): string {
  const dollars = (value: number): string => value.toFixed(3);
  const parts: readonly (keyof Dollars)[] = ['ledger', 'queue', 'lambda', 'logs', 'total'];
  const lines = (Object.keys(scenarios) as LoadName[]).map((load) => {
    const ours = dollarsPerMillion(receiver[load]);
    const theirs = dollarsPerMillion(baseline[load]);
    const limit =
      load === 'single' || load === 'batch' ? `< 5: ${ours.total < 5 ? 'holds' : '**does not hold**'}` : '';
    return [
      scenarios[load],
      (receiver[load].calls * 1e6).toLocaleString('en', { maximumFractionDigits: 0 }),
      ...parts.map((part) => dollars(ours[part])),
      dollars(theirs.total),
      `${(ours.total / theirs.total).toFixed(2)} ×`,
      limit,
    ];
  });
  return markdownTable(
    [
      'a million events',
      'calls of the receiver',
      'DynamoDB',
      'SQS',
      'Lambda',
      'logs',
      '**in all: $**',
      'baseline: $',
      'ratio',
      'must be',
    ],
    lines,
  );
}

function peersTable({ receiver }: Measurements['events']): string {
  const ours = (load: LoadName): readonly string[] => [
    `this receiver, ${scenarios[load]}`,
    dollarsPerMillion(receiver[load]).total.toFixed(2),
    'the table above',
  ];
  const theirs = peerPrices.map(({ name, dollarsPerMillion: dollars, terms, url, read }) => [
    name,
    dollars.toFixed(2),
    `${terms}: <${url}>, ${read}`,
  ]);
  return markdownTable(
    ['a million events', '$', 'source'],
    [ours('single'), ours('batch'), ours('ignored'), ...theirs],
  );
}
