import type { Bundles } from '../bundles/bundles.ts';
import { type ImportTimes, measureImportTimes } from './importTimes.ts';

/** What a cold start costs, as far as the bundle is to blame. */
export interface StartCost {
  readonly bundleBytes: Readonly<Record<'receiver' | 'baseline' | 'baselineOnRuntimeSdk', number>> & {
    /** Absent in results of earlier versions. */
    readonly receiverForAllSources?: number | undefined;
  };
  readonly importTimes: ImportTimes;
}

/** Weighs the bundles and imports them in fresh processes. */
export async function measureStartCost(
  bundles: Bundles,
  progress: (line: string) => void,
): Promise<StartCost> {
  const { receiver, receiverForAllSources, baseline, baselineOnRuntimeSdk } = bundles;
  return {
    bundleBytes: {
      receiver: receiver.bytes,
      receiverForAllSources: receiverForAllSources.bytes,
      baseline: baseline.bytes,
      baselineOnRuntimeSdk: baselineOnRuntimeSdk.bytes,
    },
    importTimes: await measureImportTimes(bundles, progress),
  };
}
