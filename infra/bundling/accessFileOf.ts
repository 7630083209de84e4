import { existsSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';

/** Absolute path of the access file: `access.ts` beside the triggers file; `undefined` if there is none. */
export function accessFileOf(triggersFile: string): string | undefined {
  const file = join(dirname(resolve(triggersFile)), 'access.ts');
  return existsSync(file) ? file : undefined;
}
