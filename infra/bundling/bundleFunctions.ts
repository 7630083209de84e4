import { rmSync } from 'node:fs';
import { join } from 'node:path';
import type { TriggerPull } from '../../functions/pulls/pullOf.ts';
import type { SourceName } from '../../functions/sources/source.ts';
import { bundleFunction } from './bundleFunction.ts';
import { modulePath } from './projectRoot.ts';
import { shipFiles, shippedFilesOf } from './shipFiles.ts';

/** The directories with the code of the functions. */
export interface FunctionCode {
  readonly receiver: string;
  readonly runner: string;
  readonly dispatcher: string;
  /** Needed with `honourDeletes` only. */
  readonly forgetter?: string;
  /** Needed only if a trigger has a pull. */
  readonly puller?: string;
}

/** What is bundled. */
export interface BundleFunctionsOptions {
  /** Separates several deployments in one app. */
  readonly id: string;
  /** Absolute path. */
  readonly triggersFile: string;
  /** Whether to bundle the forgetter too. */
  readonly withForgetter: boolean;
  /** The pulls, for which the puller is bundled. */
  readonly pulls: readonly TriggerPull[];
  /** The sources whose requests the receiver reads. @default all of them */
  readonly sources?: ReadonlySet<SourceName>;
}

/**
 * Bundles the functions to `<outdir>/bundles/<id>/<name>/index.mjs`, with their source maps in
 * `<outdir>/source-maps/<id>/<name>/index.mjs.map`, and the files of pulls beside the puller.
 *
 * @throws CompileError
 */
export function bundleFunctions(outdir: string, options: BundleFunctionsOptions): FunctionCode {
  const { id, triggersFile, withForgetter, pulls, sources } = options;
  rmSync(join(outdir, 'bundles', id), { recursive: true, force: true });
  const codeOf = (name: string): string => {
    const directory = join(outdir, 'bundles', id, name);
    bundleFunction({
      entry: modulePath(`functions/${name}.ts`),
      outdir: directory,
      triggersFile,
      ...(sources === undefined ? {} : { sources }),
      sourceMapDirectory: join(outdir, 'source-maps', id, name),
    });
    return directory;
  };
  const pullerCode = (): string => {
    const directory = codeOf('puller');
    shipFiles(shippedFilesOf(pulls), triggersFile, directory);
    return directory;
  };
  return {
    receiver: codeOf('receiver'),
    runner: codeOf('runner'),
    dispatcher: codeOf('dispatcher'),
    ...(withForgetter ? { forgetter: codeOf('forgetter') } : {}),
    ...(pulls.length === 0 ? {} : { puller: pullerCode() }),
  };
}
