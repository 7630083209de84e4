import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { defineTriggers, InvalidTriggersError } from '../../functions/triggers/defineTriggers.ts';
import { neverMatchingTriggers } from '../../functions/triggers/neverMatches.ts';
import { thrownMessage } from '../../functions/triggers/shown.ts';
import type { StartedTrigger, Trigger } from '../../functions/triggers/trigger.ts';
import { CompileError, compile } from './compile.ts';

/** A triggers file cannot be used. The message names the file and what to do. */
export class TriggersFileError extends Error {
  override readonly name = 'TriggersFileError';
}

/**
 * Compiles a triggers file in the same way as for the functions, runs it and checks what it exports.
 *
 * @param path of the file, relative to the working directory or absolute; the file may be outside the project
 * @throws TriggersFileError if the file does not exist, cannot be compiled or run, or does not export valid triggers
 */
export function loadTriggers(path: string): readonly Trigger[] {
  const triggersFile = resolve(path);
  const stat = statSync(triggersFile, { throwIfNoEntry: false });
  if (stat?.isFile() !== true) {
    const what = stat === undefined ? 'does not exist' : 'is not a file';
    throw new TriggersFileError(
      `triggersFile: ${triggersFile} ${what}; give the path of a file that ends with export default defineTriggers([…])`,
    );
  }
  const exported = compileAndRun(triggersFile);
  if (!('default' in exported)) {
    throw new TriggersFileError(
      `triggersFile: ${triggersFile} has no default export; write export default defineTriggers([…])`,
    );
  }
  try {
    const triggers = defineTriggers(exported.default as readonly StartedTrigger[]);
    const problems = neverMatchingTriggers(triggers);
    if (problems.length > 0) {
      throw new InvalidTriggersError(problems);
    }
    return triggers;
  } catch (error) {
    throw loadError(triggersFile, error);
  }
}

/** A construct cannot await an import, so the module is loaded synchronously. */
const require = createRequire(import.meta.url);

/** Uses a new directory each time: Node.js caches a module by its path, and the file may have changed. */
function compileAndRun(triggersFile: string): Record<string, unknown> {
  const directory = mkdtempSync(join(tmpdir(), 'mavera-triggers-'));
  const outfile = join(directory, 'triggers.mjs');
  // So that an error's stack names the line in the triggers file, not the one in the compiled file.
  const hadSourceMaps = process.sourceMapsEnabled;
  process.setSourceMapsEnabled(true);
  try {
    const { outputFiles } = compile({ entry: triggersFile, triggersFile, outfile, sourcemap: 'inline' });
    writeFileSync(outfile, outputFiles[0]?.contents ?? '');
    return require(outfile);
  } catch (error) {
    throw loadError(triggersFile, error);
  } finally {
    process.setSourceMapsEnabled(hadSourceMaps);
    rmSync(directory, { recursive: true, force: true });
  }
}

function loadError(triggersFile: string, error: unknown): TriggersFileError {
  if (error instanceof CompileError) {
    return new TriggersFileError(`triggersFile: ${triggersFile} cannot be compiled: ${error.message}`);
  }
  if (!(error instanceof Error)) {
    return new TriggersFileError(
      `triggersFile: ${triggersFile} throws ${thrownMessage(error)} when it is loaded`,
    );
  }
  if ('code' in error && error.code === 'ERR_REQUIRE_ASYNC_MODULE') {
    return new TriggersFileError(
      `triggersFile: ${triggersFile} has an await outside of a function: triggers are loaded synchronously, so remove it`,
    );
  }
  // By name, not by class: the compiled file contains its own copy of the class.
  if (error.name === 'InvalidTriggersError') {
    return new TriggersFileError(`triggersFile: ${triggersFile}: ${error.message}`, { cause: error });
  }
  const place = placeIn(triggersFile, error.stack ?? '');
  return new TriggersFileError(
    `triggersFile: ${triggersFile}${place} throws when it is loaded: ${thrownMessage(error)}`,
    { cause: error },
  );
}

/** `:line:column` of the first frame of the stack that is in the file; empty if there is none. */
function placeIn(triggersFile: string, stack: string): string {
  const start = stack.indexOf(`${triggersFile}:`);
  return start === -1 ? '' : (/^:\d+:\d+/.exec(stack.slice(start + triggersFile.length))?.[0] ?? '');
}
