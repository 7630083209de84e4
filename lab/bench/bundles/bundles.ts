import { join } from 'node:path';
import type { Bundle } from './bundle.ts';
import { bundleBaseline } from './bundleBaseline.ts';
import { bundleProcesses, type ProcessPrograms } from './bundleProcesses.ts';
import { bundleEmptyHandler, bundleReceiver } from './bundleReceiver.ts';

/** All that is measured, and the programs to measure it with. */
export interface Bundles {
  readonly receiver: Bundle;
  /** The baseline that the limits speak of: its SDK bundled and minified, the better of the two ways. */
  readonly baseline: Bundle;
  /** The same by the defaults of `NodejsFunction`: the SDK of the runtime. */
  readonly baselineOnRuntimeSdk: Bundle;
  /** One conditional put and one send per event, and nothing else. */
  readonly putAndSend: Bundle;
  readonly empty: Bundle;
  readonly programs: ProcessPrograms;
}

/** Compiles everything into a directory. */
export function compileBundles(directory: string): Bundles {
  const outdir = (name: string): string => join(directory, name);
  return {
    receiver: bundleReceiver(outdir('receiver')),
    baseline: bundleBaseline('receiver.ts', outdir('baseline'), 'bundled'),
    baselineOnRuntimeSdk: bundleBaseline('receiver.ts', outdir('baseline-on-runtime-sdk'), 'runtime'),
    putAndSend: bundleBaseline('putAndSend.ts', outdir('put-and-send'), 'bundled'),
    empty: bundleEmptyHandler(outdir('empty')),
    programs: bundleProcesses(outdir('programs')),
  };
}
