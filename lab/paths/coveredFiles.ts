import { Session } from 'node:inspector/promises';
import { relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { projectRoot } from '../../infra/bundling/projectRoot.ts';

/** A file, and the functions of it that were called. */
export interface CoveredFile {
  /** From the root of the project. */
  readonly path: string;
  /** A function without a name is written `(anonymous)`. */
  readonly functions: readonly string[];
}

/**
 * The files of a folder with a function that was called while something was done, by V8's call counts. What a module does
 * when it is imported does not count: everything has to be imported before.
 *
 * @param folder from the root of the project, such as `functions`
 */
export async function coveredFiles(
  folder: string,
  work: () => Promise<void>,
): Promise<readonly CoveredFile[]> {
  const session = new Session();
  session.connect();
  try {
    await session.post('Profiler.enable');
    await session.post('Profiler.startPreciseCoverage', { callCount: true, detailed: false });
    // Sets the counts back to 0, also of what was called before.
    await session.post('Profiler.takePreciseCoverage');
    await work();
    const { result } = await session.post('Profiler.takePreciseCoverage');
    return result
      .filter(({ url }) => url.startsWith('file:'))
      .map(({ url, functions }) => ({
        path: relative(projectRoot, fileURLToPath(url)),
        called: functions.filter(({ ranges: [range] }) => (range?.count ?? 0) > 0),
      }))
      .filter(({ path, called }) => path.startsWith(`${folder}/`) && called.length > 0)
      .map(({ path, called }) => ({
        path,
        functions: [...new Set(called.map(({ functionName }) => functionName || '(anonymous)'))],
      }))
      .toSorted((a, b) => a.path.localeCompare(b.path));
  } finally {
    session.disconnect();
  }
}
