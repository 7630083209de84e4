import { openLoads } from '../../measure/latencies.ts';
import type { Measurements } from '../../measure/measurements.ts';
import type { Figures } from '../row.ts';

/** How long requests that come at fixed times take to be answered. */
export function latencyRows({ single, batch }: Measurements['latency']): readonly Figures[] {
  return [
    ...figures(`one event every ${single.everyMs} ms`, single),
    ...figures(`${openLoads.batch.eventsPerRequest} events every ${batch.everyMs} ms`, batch),
  ];
}

function figures(
  load: string,
  { of: { receiver, baseline } }: Measurements['latency'][keyof Measurements['latency']],
): readonly Figures[] {
  return [
    {
      name: `${load}, answered after (p50): ms`,
      receiver: receiver.p50Ms,
      other: baseline.p50Ms,
      digits: 1,
    },
    { name: '  … p99: ms', receiver: receiver.p99Ms, other: baseline.p99Ms, digits: 1 },
    {
      name: `  … the worst of ${receiver.requests}: ms`,
      receiver: receiver.worstMs,
      other: baseline.worstMs,
      digits: 1,
    },
  ];
}
