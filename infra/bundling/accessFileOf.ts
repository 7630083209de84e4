import { existsSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';

/** Absolute path of the access file: `access.ts` or `access.js` beside the triggers file; `undefined` if there is none. */
export function accessFileOf(triggersFile: string): string | undefined {
  const directory = dirname(resolve(triggersFile));
  return ['access.ts', 'access.js'].map((name) => join(directory, name)).find((file) => existsSync(file));
}
