import { join } from 'node:path';
import { sourceNames } from '../../../functions/sources/source.ts';
import type { Bundle } from './bundle.ts';
import { bundleBaseline } from './bundleBaseline.ts';
import { bundleProcesses, type ProcessPrograms } from './bundleProcesses.ts';
import { bundleEmptyHandler, bundleReceiver } from './bundleReceiver.ts';

/** The bundles that are measured, and the programs that measure them. */
export interface Bundles {
  readonly receiver: Bundle;
  /** The same with all sources; the others have Segment alone. */
  readonly receiverForAllSources: Bundle;
  /** The baseline of the limits: with its SDK bundled and minified, the better of the two ways. */
  readonly baseline: Bundle;
  /** The same with the defaults of `NodejsFunction`: the SDK of the runtime. */
  readonly baselineOnRuntimeSdk: Bundle;
  /** Only one conditional put and one send per event. */
  readonly putAndSend: Bundle;
  readonly empty: Bundle;
  readonly programs: ProcessPrograms;
}

/** Compiles everything into a directory. */
export function compileBundles(directory: string): Bundles {
  const outdir = (name: string): string => join(directory, name);
  return {
    receiver: bundleReceiver(outdir('receiver')),
    receiverForAllSources: bundleReceiver(outdir('receiver-for-all-sources'), new Set(sourceNames)),
    baseline: bundleBaseline('receiver.ts', outdir('baseline'), 'bundled'),
    baselineOnRuntimeSdk: bundleBaseline('receiver.ts', outdir('baseline-on-runtime-sdk'), 'runtime'),
    putAndSend: bundleBaseline('putAndSend.ts', outdir('put-and-send'), 'bundled'),
    empty: bundleEmptyHandler(outdir('empty')),
    programs: bundleProcesses(outdir('programs')),
  };
}
