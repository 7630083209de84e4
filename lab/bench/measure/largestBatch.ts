import { median } from '../../statistics.ts';
import { eventsOf, type Load } from '../load/load.ts';
import { callsOf, type Invocations } from '../process/messages.ts';
import { type HandlerProcess, RefusedError } from './handlerProcess.ts';

/** The most events that Segment puts into a batch. */
const largestBatch: Load = { wantedPercent: 100, requests: 1, eventsPerRequest: 4_000 };
const warmUp: Load = { wantedPercent: 100, requests: 20, eventsPerRequest: 1 };

/** How a handler takes the largest batch that Segment sends, 4,000 events in 4 MB, all of them wanted. */
export interface LargestBatch {
  /** Until it is answered 200; median. Infinite when most rounds were answered otherwise: too slow for its own limit. */
  readonly wallMs: number;
  /** Of the handler's process, at any time of its life; the worst. */
  readonly peakRssBytes: number;
  /** Of the JavaScript heap; the worst. */
  readonly peakHeapBytes: number;
  /** Per event; median. */
  readonly cpuMs: number;
  /** AWS calls per event; median. */
  readonly calls: number;
}

/** Measures each round in a process of its own, which has seen no more than a few single events. */
export async function measureLargestBatch(
  start: () => Promise<HandlerProcess>,
  rounds: number,
): Promise<LargestBatch> {
  const measured: Invocations[] = [];
  for (let round = 0; round < rounds; round += 1) {
    const handler = await start();
    try {
      await handler.invoke(warmUp);
      measured.push(await handler.invoke(largestBatch).catch(refused));
    } finally {
      await handler.stop();
    }
  }
  const events = eventsOf(largestBatch);
  return {
    wallMs: median(measured.map(({ wallMs }) => wallMs)),
    peakRssBytes: Math.max(...measured.map(({ peakRssBytes }) => peakRssBytes)),
    peakHeapBytes: Math.max(...measured.map(({ peakHeapBytes }) => peakHeapBytes)),
    cpuMs: median(measured.map(({ cpuMs }) => cpuMs)) / events,
    calls: median(measured.map(callsOf)) / events,
  };
}

function refused(error: unknown): Invocations {
  if (!(error instanceof RefusedError)) {
    throw error;
  }
  return { ...error.invocations, wallMs: Number.POSITIVE_INFINITY };
}
