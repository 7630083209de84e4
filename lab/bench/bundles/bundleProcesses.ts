import { join } from 'node:path';
import { buildSync } from 'esbuild';
import { projectRoot } from '../../../infra/bundling/projectRoot.ts';

/** The programs of the processes that load handlers. */
export interface ProcessPrograms {
  readonly importProcess: string;
  readonly handlerProcess: string;
  readonly pullProcess: string;
}

/** Compiles them, because type stripping would add 18 MB to each process, and memory is measured. */
export function bundleProcesses(outdir: string): ProcessPrograms {
  const names = ['importProcess', 'handlerProcess', 'pullProcess'] as const;
  buildSync({
    absWorkingDir: projectRoot,
    entryPoints: names.map((name) => join(projectRoot, `lab/bench/process/${name}.ts`)),
    outdir,
    outExtension: { '.js': '.mjs' },
    bundle: true,
    format: 'esm',
    logLevel: 'silent',
    platform: 'node',
    target: 'node24',
  });
  return {
    importProcess: join(outdir, 'importProcess.mjs'),
    handlerProcess: join(outdir, 'handlerProcess.mjs'),
    pullProcess: join(outdir, 'pullProcess.mjs'),
  };
}
