import type { Trigger } from '../../functions/triggers/trigger.ts';
import { loadTriggers } from '../../infra/bundling/loadTriggers.ts';

/**
 * Loads a triggers file for a command; warns if it has no triggers.
 *
 * @throws TriggersFileError with every problem found
 */
export function readTriggers(triggersFile: string): readonly Trigger[] {
  const triggers = loadTriggers(triggersFile);
  if (triggers.length === 0) {
    console.error(`${triggersFile}: there are no triggers, so every event is ignored.`);
  }
  return triggers;
}
