import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
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
  /** Where to write the source map. @default none is written */
  readonly sourceMapFile?: string;
}

/** A function's code, ready to be zipped. */
export interface FunctionBundle {
  /** The module, `index.mjs` in the output directory. The Lambda handler is `index.handler`. */
  readonly file: string;
  readonly bytes: number;
  /** esbuild's list of the files in the bundle, with the size of each. */
  readonly metafile: Metafile;
}

/**
 * Bundles a Lambda function into one file. The same input gives the same bytes on every machine, so that an unchanged
 * function is not deployed again. The source map is not part of the function's code: it is several times larger than the
 * code, and Lambda would load and unpack it at every cold start.
 *
 * @throws CompileError
 * @example bundleFunction({ entry: '/project/functions/receiver.ts', outdir: '/tmp/receiver', triggersFile })
 */
export function bundleFunction(options: BundleOptions): FunctionBundle {
  const file = resolve(options.outdir, 'index.mjs');
  const { outputFiles, metafile } = compile({ ...options, outfile: file, sourcemap: 'external' });
  let bytes = 0;
  for (const output of outputFiles) {
    const isCode = output.path === file;
    const target = isCode ? file : options.sourceMapFile;
    bytes = isCode ? output.contents.length : bytes;
    if (target !== undefined) {
      mkdirSync(dirname(target), { recursive: true });
      writeFileSync(target, output.contents);
    }
  }
  return { file, bytes, metafile };
}
