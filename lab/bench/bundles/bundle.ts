import { statSync } from 'node:fs';

/** A handler, compiled. */
export interface Bundle {
  /** Absolute path; `.mjs` is loaded by `import`, `.js` by `require`. */
  readonly file: string;
  readonly bytes: number;
}

/** The bundle in a file. */
export function bundleOf(file: string): Bundle {
  return { file, bytes: statSync(file).size };
}
