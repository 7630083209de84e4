import { resolve } from 'node:path';
import { checkGrants } from '../../functions/access/defineAccess.ts';
import type { Grants } from '../../functions/access/grants.ts';
import { accessFileOf } from './accessFileOf.ts';
import { loadDefaultExport, loadError } from './loadDefaultExport.ts';

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
