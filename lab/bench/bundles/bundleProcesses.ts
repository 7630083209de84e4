import { join } from 'node:path';
import { buildSync } from 'esbuild';
import { projectRoot } from '../../../infra/bundling/projectRoot.ts';

const names = ['importProcess', 'handlerProcess', 'pullProcess', 'coldProcess', 'distanceProcess'] as const;

/** The programs of the processes that load handlers, and of the one that stands between them and the emulators. */
export type ProcessPrograms = Readonly<Record<(typeof names)[number], string>>;

/** Compiles them, because type stripping would add 18 MB to each process, and memory is measured. */
export function bundleProcesses(outdir: string): ProcessPrograms {
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
  const entries = names.map((name) => [name, join(outdir, `${name}.mjs`)]);
  return Object.fromEntries(entries) as ProcessPrograms;
}
