import type { Measurements } from '../../measure/measurements.ts';
import { atMost, below } from '../limit.ts';
import type { Figures } from '../row.ts';

/** How the largest batch that Segment sends is received. */
export function largestRows({ receiver, baseline }: Measurements['largest']): readonly Figures[] {
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
    { name: '  … CPU per event, cold: ms', receiver: receiver.cpuMs, other: baseline.cpuMs, digits: 2 },
    { name: '  … AWS calls per event', receiver: receiver.calls, other: baseline.calls, digits: 3 },
  ];
}
