import { dirname, join } from 'node:path/posix';

/**
 * The declaration files that a user's compiler reads.
 *
 * @param entries paths of declaration files, which name others by relative imports
 * @param read gives the text of a file
 * @returns the entries, and all that they reach
 */
export function reachableDeclarations(
  entries: readonly string[],
  read: (file: string) => string,
): ReadonlySet<string> {
  const reached = new Set(entries);
  // A set gives what is added while it is read, too.
  for (const file of reached) {
    for (const imported of relativeImports(read(file))) {
      reached.add(join(dirname(file), imported.replace(/\.[jt]s$/, '.d.ts')));
    }
  }
  return reached;
}

/** `from './x.ts'`, `import './x.ts'` and `import('./x.ts')` of a declaration file. */
function relativeImports(text: string): readonly string[] {
  return [...text.matchAll(/(?:from|import)\s*\(?\s*["'](\.{1,2}\/[^"']+)["']/g)].map(
    ([, path = '']) => path,
  );
}
