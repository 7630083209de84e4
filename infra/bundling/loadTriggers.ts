import { resolve } from 'node:path';
import { defineTriggers, InvalidTriggersError } from '../../functions/triggers/defineTriggers.ts';
import { neverMatchingTriggers } from '../../functions/triggers/neverMatches.ts';
import type { StartedTrigger, Trigger } from '../../functions/triggers/trigger.ts';
import { loadDefaultExport, loadError } from './loadDefaultExport.ts';

export { TriggersFileError } from './loadDefaultExport.ts';

/**
 * Compiles a triggers file in the same way as for the functions, runs it and checks what it exports.
 *
 * @param path of the file, relative to the working directory or absolute; the file may be outside the project
 * @throws TriggersFileError if the file does not exist, cannot be compiled or run, or does not export valid triggers
 */
export function loadTriggers(path: string): readonly Trigger[] {
  const file = { setting: 'triggersFile', path: resolve(path), ending: 'export default defineTriggers([…])' };
  const exported = loadDefaultExport(file, file.path);
  try {
    const triggers = defineTriggers(exported as readonly StartedTrigger[]);
    const problems = neverMatchingTriggers(triggers);
    if (problems.length > 0) {
      throw new InvalidTriggersError(problems);
    }
    return triggers;
  } catch (error) {
    throw loadError(file, error);
  }
}
