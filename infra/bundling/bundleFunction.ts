import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import type { Metafile } from 'esbuild';
import { compile } from './compile.ts';

/** What {@link bundleFunction} is asked for; all paths absolute. */
export interface BundleOptions {
  /** File that exports `handler`. */
  readonly entry: string;
  /** Directory that becomes the function's code; it is made if absent, and should hold nothing else. */
  readonly outdir: string;
  /** File with the triggers that the function carries. */
  readonly triggersFile: string;
  /** Where to put the source map. None is written when absent. */
  readonly sourceMapFile?: string;
}

/** A function's code, ready to be zipped. */
export interface FunctionBundle {
  /** The module, `index.mjs` in the output directory: the Lambda handler is `index.handler`. */
  readonly file: string;
  readonly bytes: number;
  /** esbuild's account of what is inside, and how much of it each package is. */
  readonly metafile: Metafile;
}

/**
 * Bundles a Lambda function into one file. The same input gives the same bytes, wherever it is built, so that an
 * unchanged function is not deployed again. The source map lies beside the code, not in it: Lambda would load and
 * unpack a file several times the size of the code at every cold start.
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
