import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { thrownMessage } from '../../functions/triggers/shown.ts';
import { CompileError, compile } from './compile.ts';

/** A triggers file, or the access file beside it, cannot be used. The message names the file and what to do. */
export class TriggersFileError extends Error {
  override readonly name = 'TriggersFileError';
}

/** A file that users write. */
export interface UserFile {
  /** What messages call it, such as `triggersFile`. */
  readonly setting: string;
  /** Absolute. */
  readonly path: string;
  /** How the file has to end, such as `export default defineTriggers([…])`. */
  readonly ending: string;
}

/**
 * Compiles a file in the same way as for the functions, and runs it.
 *
 * @param triggersFile absolute path of the file with the triggers
 * @returns its default export
 * @throws TriggersFileError if the file does not exist, cannot be compiled or run, or has no default export
 */
export function loadDefaultExport(file: UserFile, triggersFile: string): unknown {
  const { setting, path, ending } = file;
  const stat = statSync(path, { throwIfNoEntry: false });
  if (stat?.isFile() !== true) {
    const what = stat === undefined ? 'does not exist' : 'is not a file';
    throw new TriggersFileError(
      `${setting}: ${path} ${what}; give the path of a file that ends with ${ending}`,
    );
  }
  const exported = compileAndRun(file, triggersFile);
  if (!('default' in exported)) {
    throw new TriggersFileError(`${setting}: ${path} has no default export; write ${ending}`);
  }
  return exported.default;
}

/** A construct cannot await an import, so the module is loaded synchronously. */
const require = createRequire(import.meta.url);

/** Uses a new directory each time: Node.js caches a module by its path, and the file may have changed. */
function compileAndRun(file: UserFile, triggersFile: string): Record<string, unknown> {
  const directory = mkdtempSync(join(tmpdir(), 'mavera-triggers-'));
  const outfile = join(directory, 'compiled.mjs');
  // So that an error's stack names the line in the user's file, not the one in the compiled file.
  const hadSourceMaps = process.sourceMapsEnabled;
  process.setSourceMapsEnabled(true);
  try {
    const { outputFiles } = compile({ entry: file.path, triggersFile, outfile, sourcemap: 'inline' });
    writeFileSync(outfile, outputFiles[0]?.contents ?? '');
    return require(outfile);
  } catch (error) {
    throw loadError(file, error);
  } finally {
    process.setSourceMapsEnabled(hadSourceMaps);
    rmSync(directory, { recursive: true, force: true });
  }
}

/** What an error means that the file has thrown, or that its check has found. */
export function loadError({ setting, path }: UserFile, error: unknown): TriggersFileError {
  if (error instanceof CompileError) {
    return new TriggersFileError(`${setting}: ${path} cannot be compiled: ${error.message}`);
  }
  if (!(error instanceof Error)) {
    return new TriggersFileError(`${setting}: ${path} throws ${thrownMessage(error)} when it is loaded`);
  }
  if ('code' in error && error.code === 'ERR_REQUIRE_ASYNC_MODULE') {
    return new TriggersFileError(
      `${setting}: ${path} has an await outside of a function: it is loaded synchronously, so remove it`,
    );
  }
  // By name, not by class: the compiled file contains its own copy of the class.
  if (error.name === 'InvalidTriggersError' || error.name === 'InvalidAccessError') {
    return new TriggersFileError(`${setting}: ${path}: ${error.message}`, { cause: error });
  }
  const place = placeIn(path, error.stack ?? '');
  return new TriggersFileError(
    `${setting}: ${path}${place} throws when it is loaded: ${thrownMessage(error)}`,
    { cause: error },
  );
}

/** `:line:column` of the first frame of the stack that is in the file; empty if there is none. */
function placeIn(path: string, stack: string): string {
  const start = stack.indexOf(`${path}:`);
  return start === -1 ? '' : (/^:\d+:\d+/.exec(stack.slice(start + path.length))?.[0] ?? '');
}
