import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { FileChangedError } from './fileErrors.ts';
import type { FileStart, OpenedFile } from './openedFile.ts';

/**
 * Opens a file of this machine; `undefined` if there is none. Its size tells whether it has changed: a deployment that leaves
 * the file as it is gives it another time.
 *
 * @param from as the pull names it
 * @throws FileChangedError
 */
export async function openLocalFile(
  path: string,
  from: string,
  signal: AbortSignal,
  { byte, version }: FileStart = { byte: 0 },
): Promise<OpenedFile | undefined> {
  const found = await stat(path).catch(() => undefined);
  if (found?.isFile() !== true) {
    return undefined;
  }
  const size = `${found.size} bytes`;
  if (version !== undefined && version !== size) {
    throw new FileChangedError(from);
  }
  return { bytes: createReadStream(path, { signal, start: byte }), version: size };
}
