import { fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { projectRoot } from '../../../infra/bundling/projectRoot.ts';
import { LabError } from '../../labError.ts';
import { median } from '../../statistics.ts';
import { handlerEnvironment, noResources } from '../aws/handlerEnvironment.ts';
import type { Bundle } from '../bundles/bundle.ts';
import type { Bundles } from '../bundles/bundles.ts';
import type { ProcessReport } from '../process/messages.ts';
import { inTurns } from './inTurns.ts';

const rounds = 15;

/** Median time to import a bundle in a fresh process, in milliseconds. */
export interface ImportTimes {
  readonly receiverMs: number;
  /** Absent in results of earlier versions. */
  readonly receiverForAllSourcesMs?: number | undefined;
  readonly baselineMs: number;
  readonly baselineOnRuntimeSdkMs: number;
  readonly emptyMs: number;
}

/** Imports each bundle in fresh processes, in turns. */
export async function measureImportTimes(
  bundles: Bundles,
  progress: (line: string) => void,
): Promise<ImportTimes> {
  progress(`importing in fresh processes, ${rounds} rounds`);
  const { receiver, receiverForAllSources, baseline, baselineOnRuntimeSdk, empty, programs } = bundles;
  const subjects = { receiver, receiverForAllSources, baseline, baselineOnRuntimeSdk, empty };
  const importOnce = (bundle: Bundle): Promise<number> => importTime(programs.importProcess, bundle);
  // The first of each reads its file from the disk.
  await inTurns(subjects, 1, importOnce);
  const times = await inTurns(subjects, rounds, importOnce);
  return {
    receiverMs: median(times.receiver),
    receiverForAllSourcesMs: median(times.receiverForAllSources),
    baselineMs: median(times.baseline),
    baselineOnRuntimeSdkMs: median(times.baselineOnRuntimeSdk),
    emptyMs: median(times.empty),
  };
}

async function importTime(program: string, { file }: Bundle): Promise<number> {
  const child = fork(program, [file], {
    // Where `require` finds the SDK of the runtime; Lambda sets it to /var/runtime/node_modules and others.
    env: { ...handlerEnvironment(noResources), NODE_PATH: join(projectRoot, 'node_modules') },
    execArgv: [],
    stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
  });
  const exited = once(child, 'exit');
  const report = await Promise.race([
    once(child, 'message').then(([message]) => message as ProcessReport),
    // Unlike its exit, this comes after all that it said.
    once(child, 'disconnect').then(() => undefined),
  ]);
  await exited;
  if (report?.type !== 'loaded') {
    const why = report?.type === 'failed' ? report.message : 'its process ended';
    throw new LabError(`${file} cannot be imported: ${why}`);
  }
  return report.importMs;
}
