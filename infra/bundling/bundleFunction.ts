import { mkdirSync, writeFileSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import type { Metafile } from 'esbuild';
import type { SourceName } from '../../functions/sources/source.ts';
import { compile } from './compile.ts';

/** Options of {@link bundleFunction}. All paths are absolute. */
export interface BundleOptions {
  /** The file that exports `handler`. */
  readonly entry: string;
  /** The directory that becomes the function's code. It is created if it does not exist, and should be empty. */
  readonly outdir: string;
  /** The file with the triggers that the function contains. */
  readonly triggersFile: string;
  /** The sources whose code the function contains. @default all of them */
  readonly sources?: ReadonlySet<SourceName>;
  /** The directory for the source map of each module, such as `index.mjs.map`. @default none is written */
  readonly sourceMapDirectory?: string;
}

/** A function's code, ready to be zipped. */
export interface FunctionBundle {
  /** The module, `index.mjs` in the output directory. The Lambda handler is `index.handler`. */
  readonly file: string;
  /** Of all modules together. */
  readonly bytes: number;
  /** esbuild's list of the modules, with the files in each. */
  readonly metafile: Metafile;
}

/**
 * Bundles a Lambda function into one module. If it loads a part later, with `import()`, that part is a module of its own,
 * and so is what the two have in common. The same input gives the same bytes on every machine, so that an unchanged
 * function is not deployed again. Source maps are not part of the function's code: they are several times larger than the
 * code, and Lambda would load and unpack them at every cold start.
 *
 * @throws CompileError
 * @example bundleFunction({ entry: '/project/functions/receiver.ts', outdir: '/tmp/receiver', triggersFile })
 */
export function bundleFunction(options: BundleOptions): FunctionBundle {
  const file = resolve(options.outdir, 'index.mjs');
  const { outputFiles, metafile } = compile({
    ...options,
    outfile: file,
    sourcemap: 'external',
    mayBeSplit: true,
  });
  const used = usedModules(metafile);
  let bytes = 0;
  for (const { path, contents } of outputFiles.filter(({ path }) => used.has(basename(path, '.map')))) {
    const isCode = path.endsWith('.mjs');
    const directory = isCode ? dirname(file) : options.sourceMapDirectory;
    bytes += isCode ? contents.length : 0;
    if (directory !== undefined) {
      mkdirSync(directory, { recursive: true });
      writeFileSync(join(directory, basename(path)), contents);
    }
  }
  const outputs = Object.entries(metafile.outputs).filter(([path]) => used.has(basename(path, '.map')));
  return { file, bytes, metafile: { ...metafile, outputs: Object.fromEntries(outputs) } };
}

/** The modules that the first one leads to. esbuild makes others for `import()` in code that it then leaves out. */
function usedModules({ outputs }: Metafile): ReadonlySet<string> {
  const imports = new Map(Object.entries(outputs).map(([path, output]) => [basename(path), output.imports]));
  const used = new Set(['index.mjs']);
  for (const name of used) {
    for (const { path, external } of imports.get(name) ?? []) {
      if (external !== true) {
        used.add(basename(path));
      }
    }
  }
  return used;
}
