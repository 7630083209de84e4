import {
  constants,
  copyFileSync,
  existsSync,
  linkSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { InitError } from './initError.ts';
import type { PlannedFile } from './plannedFile.ts';

/** What became of a planned file. */
export interface FileOutcome {
  readonly file: PlannedFile;
  /** `same`: it was there with just this content. `kept`: it was there with another. */
  readonly outcome: 'written' | 'kept' | 'same';
}

/**
 * Writes the files that are not there. A file appears wholly or not at all, so that a second run completes a first one.
 *
 * @throws InitError for what the file system refuses
 */
export function writeFiles(
  folder: string,
  files: readonly PlannedFile[],
  isDryRun: boolean,
): readonly FileOutcome[] {
  return files.map((file) => {
    try {
      return { file, outcome: writeIfMissing(join(folder, file.path), file.content, isDryRun) };
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      throw new InitError(`${file.path} cannot be written: ${reason}`, { cause: error });
    }
  });
}

function writeIfMissing(path: string, content: string, isDryRun: boolean): FileOutcome['outcome'] {
  if (existsSync(path)) {
    return readFileSync(path, 'utf8') === content ? 'same' : 'kept';
  }
  if (!isDryRun) {
    mkdirSync(dirname(path), { recursive: true });
    createFile(path, content);
  }
  return 'written';
}

/** Fails if the file is there meanwhile. */
function createFile(path: string, content: string): void {
  const draft = `${path}.${process.pid}.new`;
  writeFileSync(draft, content);
  try {
    linkSync(draft, path);
  } catch (error) {
    // Some file systems have no hard links.
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') {
      throw error;
    }
    copyFileSync(draft, path, constants.COPYFILE_EXCL);
  } finally {
    rmSync(draft, { force: true });
  }
}

/** Replaces the content of a file in one step. */
export function replaceFile(path: string, content: string): void {
  const draft = `${path}.${process.pid}.new`;
  writeFileSync(draft, content);
  renameSync(draft, path);
}
