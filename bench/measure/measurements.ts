import type { BenchAws } from '../aws/benchAws.ts';
import type { Bundles } from '../bundles/bundles.ts';
import { measurePace, type PaceAccuracy } from '../pace/measurePace.ts';
import { type EventCosts, measureEventCosts } from './eventCosts.ts';
import type { HandlerProcess } from './handlerProcess.ts';
import { type HandlerName, prepareHandlers, type StartHandler } from './handlers.ts';
import { type ImportTimes, measureImportTimes } from './importTimes.ts';
import { type LargestBatch, measureLargestBatch } from './largestBatch.ts';

/** All that a run of the bench finds out. */
export interface Measurements {
  readonly bundleBytes: Readonly<Record<'receiver' | 'baseline' | 'baselineOnRuntimeSdk', number>>;
  readonly importTimes: ImportTimes;
  readonly eventCosts: Readonly<Record<HandlerName, EventCosts>>;
  readonly largestBatch: Readonly<Record<'receiver' | 'baseline', LargestBatch>>;
  readonly pace: PaceAccuracy;
}

/** What the measuring needs. */
export interface MeasuringOptions {
  readonly bundles: Bundles;
  /** For the loads. */
  readonly directory: string;
  readonly startAws: () => Promise<BenchAws>;
  readonly progress: (line: string) => void;
}

/**
 * Measures everything, one thing at a time.
 *
 * @throws BenchError when a handler does not do its job
 */
export async function measureAll(options: MeasuringOptions): Promise<Measurements> {
  const { bundles, directory, startAws, progress } = options;
  const { receiver, baseline, baselineOnRuntimeSdk } = bundles;
  const bundleBytes = {
    receiver: receiver.bytes,
    baseline: baseline.bytes,
    baselineOnRuntimeSdk: baselineOnRuntimeSdk.bytes,
  };
  const importTimes = await measureImportTimes(bundles, progress);
  const aws = await startAws();
  try {
    const start = await prepareHandlers(bundles, aws, directory);
    const eventCosts = await measureWarm(start, progress);
    const startFresh = (name: HandlerName): Promise<HandlerProcess> => {
      progress(`4,000 events in one batch, in a fresh process (${name})`);
      return start(name);
    };
    const largestBatch = {
      receiver: await measureLargestBatch(() => startFresh('receiver'), 3),
      // Once, for it takes long and no limit hangs on it.
      baseline: await measureLargestBatch(() => startFresh('baseline'), 1),
    };
    return { bundleBytes, importTimes, eventCosts, largestBatch, pace: await measurePace(progress) };
  } finally {
    await aws.stop();
  }
}

async function measureWarm(
  start: StartHandler,
  progress: (line: string) => void,
): Promise<Measurements['eventCosts']> {
  const started: HandlerProcess[] = [];
  const startOne = async (name: HandlerName): Promise<HandlerProcess> => {
    const handler = await start(name);
    started.push(handler);
    return handler;
  };
  try {
    const receiver = await startOne('receiver');
    const baseline = await startOne('baseline');
    const putAndSend = await startOne('putAndSend');
    return await measureEventCosts({ receiver, baseline, putAndSend }, progress);
  } finally {
    await Promise.all(started.map((handler) => handler.stop()));
  }
}
