import { existsSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { checkGrants } from '../../functions/access/defineAccess.ts';
import type { Grants } from '../../functions/access/grants.ts';
import { loadDefaultExport, loadError } from './loadDefaultExport.ts';

/** Absolute path of the access file: `access.ts` beside the triggers file; `undefined` if there is none. */
export function accessFileOf(triggersFile: string): string | undefined {
  const file = join(dirname(resolve(triggersFile)), 'access.ts');
  return existsSync(file) ? file : undefined;
}

/**
 * Loads the access file beside a triggers file.
 *
 * @returns what it grants; `undefined` without such a file: each trigger then has what it declares
 * @throws TriggersFileError if the file cannot be compiled or run, or does not export what `defineAccess` makes
 */
export function loadAccess(triggersFile: string): Grants | undefined {
  const path = accessFileOf(triggersFile);
  if (path === undefined) {
    return undefined;
  }
  const file = { setting: 'accessFile', path, ending: 'export default defineAccess({ triggers: { … } })' };
  const exported = loadDefaultExport(file, resolve(triggersFile));
  try {
    return checkGrants(exported);
  } catch (error) {
    throw loadError(file, error);
  }
}
