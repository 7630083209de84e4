import { dollarsPerMillion } from '../cost/dollarsPerMillion.ts';
import type { Measurements } from '../measure/measurements.ts';
import type { Limit } from './limit.ts';
import { type Figures, type Row, row } from './row.ts';

const againstPutAndSend = '  … against one put and one send per event';

/** The report: every figure, with the limit that it must hold. */
export function rows(measurements: Measurements): readonly Row[] {
  return [
    ...coldStartFigures(measurements),
    ...cpuFigures(measurements),
    ...callFigures(measurements),
    ...largestBatchFigures(measurements),
    ...costFigures(measurements),
    ...paceFigures(measurements),
  ].map(row);
}

function coldStartFigures({ bundleBytes, importTimes }: Measurements): readonly Figures[] {
  const { receiverMs, baselineMs, baselineOnRuntimeSdkMs, emptyMs } = importTimes;
  return [
    {
      name: 'bundle, minified: KB',
      receiver: bundleBytes.receiver / 1000,
      other: bundleBytes.baseline / 1000,
      digits: 0,
      limit: atMost(320),
    },
    {
      name: "  … against NodejsFunction's defaults: KB",
      receiver: bundleBytes.receiver / 1000,
      other: bundleBytes.baselineOnRuntimeSdk / 1000,
      digits: 0,
    },
    {
      name: 'import in a fresh process: ms',
      receiver: receiverMs,
      other: baselineMs,
      digits: 1,
      limit: ratioAtMost(0.55),
    },
    {
      name: "  … against NodejsFunction's defaults: ms",
      receiver: receiverMs,
      other: baselineOnRuntimeSdkMs,
      digits: 1,
    },
    { name: '  … against an empty handler: ms', receiver: receiverMs, other: emptyMs, digits: 1 },
  ];
}

function cpuFigures({ eventCosts, largestBatch }: Measurements): readonly Figures[] {
  const { receiver, baseline, putAndSend } = eventCosts;
  const figures = (name: string, mine: { cpuMs: number }, other: { cpuMs: number }): Figures => ({
    name: `${name}: ms`,
    receiver: mine.cpuMs,
    other: other.cpuMs,
    digits: 2,
  });
  const limit = ratioAtMost(0.35);
  return [
    figures('CPU per event, single', receiver.single, baseline.single),
    { ...figures('CPU per event, batch of 1,000', receiver.batch, baseline.batch), limit },
    { ...figures(againstPutAndSend, receiver.batch, putAndSend.batch), limit },
    figures('CPU per event, batch of 4,000, cold', largestBatch.receiver, largestBatch.baseline),
    figures('CPU per event that no trigger wants', receiver.ignored, baseline.ignored),
  ];
}

function callFigures({ eventCosts, largestBatch }: Measurements): readonly Figures[] {
  const { receiver, baseline, putAndSend } = eventCosts;
  const figures = (name: string, mine: { calls: number }, other: { calls: number }): Figures => ({
    name,
    receiver: mine.calls,
    other: other.calls,
    digits: 3,
  });
  return [
    figures('AWS calls per event, single', receiver.single, baseline.single),
    figures('AWS calls per event, batch of 1,000', receiver.batch, baseline.batch),
    { ...figures(againstPutAndSend, receiver.batch, putAndSend.batch), limit: ratioAtMost(1 / 8) },
    figures('AWS calls per event, batch of 4,000', largestBatch.receiver, largestBatch.baseline),
    {
      ...figures('AWS calls per event that no trigger wants', receiver.ignored, baseline.ignored),
      limit: atMost(0),
    },
  ];
}

function largestBatchFigures({ largestBatch: { receiver, baseline } }: Measurements): readonly Figures[] {
  const megabytes = (bytes: number): number => bytes / 1_000_000;
  return [
    {
      name: 'batch of 4,000 (4 MB) answered after: s',
      receiver: receiver.wallMs / 1000,
      other: baseline.wallMs / 1000,
      digits: 2,
      limit: atMost(3),
    },
    {
      name: '  … peak memory of the process (RSS): MB',
      receiver: megabytes(receiver.peakRssBytes),
      other: megabytes(baseline.peakRssBytes),
      digits: 0,
      limit: below(200),
    },
    {
      name: '  … peak JavaScript heap: MB',
      receiver: megabytes(receiver.peakHeapBytes),
      other: megabytes(baseline.peakHeapBytes),
      digits: 0,
    },
  ];
}

function costFigures({ eventCosts: { receiver, baseline } }: Measurements): readonly Figures[] {
  return (['single', 'batch'] as const).map((load) => ({
    name: `cost per million matched events, ${load === 'single' ? 'single' : 'batch of 1,000'}: $`,
    receiver: dollarsPerMillion(receiver[load].billed),
    other: dollarsPerMillion(baseline[load].billed),
    digits: 2,
    limit: below(5),
  }));
}

function paceFigures({ pace }: Measurements): readonly Figures[] {
  const backlog = `a backlog at ${pace.limit} calls a minute`;
  return [
    {
      name: `${backlog}: most calls in any 60 s`,
      receiver: pace.mostInWindow,
      digits: 0,
      limit: atMost(pace.limit),
    },
    { name: '  … calls that Mavera refused with 429', receiver: pace.refused, digits: 0, limit: atMost(0) },
    {
      name: '  … share of the limit that is not used: %',
      receiver: 100 - 100 * pace.shareUsed,
      digits: 1,
      limit: atMost(5),
    },
    { name: '  … worked off in: s', receiver: pace.seconds, digits: 0 },
  ];
}

function atMost(value: number): Limit {
  return { of: 'figure', bound: 'at most', value };
}

function below(value: number): Limit {
  return { of: 'figure', bound: 'below', value };
}

function ratioAtMost(value: number): Limit {
  return { of: 'ratio', bound: 'at most', value };
}
