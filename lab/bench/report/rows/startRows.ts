import type { StartCost } from '../../measure/startCost.ts';
import { atMost, ratioAtMost } from '../limit.ts';
import type { Figures } from '../row.ts';

const againstDefaults = "  … against NodejsFunction's defaults";

const allSources = '  … of a receiver for Segment, SendGrid and SegOps';

/** Size of the bundles, and how long it takes to import them. */
export function startRows({ bundleBytes, importTimes }: StartCost): readonly Figures[] {
  const { receiverMs, receiverForAllSourcesMs, baselineMs, baselineOnRuntimeSdkMs, emptyMs } = importTimes;
  const { receiverForAllSources } = bundleBytes;
  const kilobytes = (other: 'baseline' | 'baselineOnRuntimeSdk') => ({
    receiver: bundleBytes.receiver / 1000,
    other: bundleBytes[other] / 1000,
    digits: 0,
  });
  const milliseconds = (other: number) => ({ receiver: receiverMs, other, digits: 1 });
  return [
    { name: 'bundle, minified: KB', ...kilobytes('baseline'), limit: atMost(320) },
    { name: `${againstDefaults}: KB`, ...kilobytes('baselineOnRuntimeSdk') },
    ...(receiverForAllSources === undefined
      ? []
      : [{ name: `${allSources}: KB`, receiver: receiverForAllSources / 1000, digits: 0 }]),
    { name: 'import in a fresh process: ms', ...milliseconds(baselineMs), limit: ratioAtMost(0.45) },
    { name: `${againstDefaults}: ms`, ...milliseconds(baselineOnRuntimeSdkMs) },
    { name: '  … against an empty handler: ms', ...milliseconds(emptyMs) },
    ...(receiverForAllSourcesMs === undefined
      ? []
      : [{ name: `${allSources}: ms`, receiver: receiverForAllSourcesMs, digits: 1 }]),
  ];
}
