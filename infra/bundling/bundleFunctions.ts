import { rmSync } from 'node:fs';
import { join } from 'node:path';
import type { SourceName } from '../../functions/sources/source.ts';
import { bundleFunction } from './bundleFunction.ts';
import { projectRoot } from './projectRoot.ts';

/** The directories with the code of the functions. */
export interface FunctionCode {
  readonly receiver: string;
  readonly runner: string;
  readonly dispatcher: string;
  /** Needed with `honourDeletes` only. */
  readonly forgetter?: string;
}

/**
 * Bundles the functions to `<outdir>/bundles/<id>/<name>/index.mjs`, with their source maps in
 * `<outdir>/source-maps/<id>/<name>.mjs.map`.
 *
 * @param id separates several deployments in one app
 * @param withForgetter whether to bundle the forgetter too
 * @param sources those whose requests the receiver reads; by default all of them
 * @throws CompileError
 */
export function bundleFunctions(
  outdir: string,
  id: string,
  triggersFile: string,
  withForgetter: boolean,
  sources?: ReadonlySet<SourceName>,
): FunctionCode {
  rmSync(join(outdir, 'bundles', id), { recursive: true, force: true });
  const codeOf = (name: string): string => {
    const directory = join(outdir, 'bundles', id, name);
    bundleFunction({
      entry: join(projectRoot, 'functions', `${name}.ts`),
      outdir: directory,
      triggersFile,
      ...(sources === undefined ? {} : { sources }),
      sourceMapFile: join(outdir, 'source-maps', id, `${name}.mjs.map`),
    });
    return directory;
  };
  return {
    receiver: codeOf('receiver'),
    runner: codeOf('runner'),
    dispatcher: codeOf('dispatcher'),
    ...(withForgetter ? { forgetter: codeOf('forgetter') } : {}),
  };
}
