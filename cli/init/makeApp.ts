import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { projectRoot } from '../../infra/bundling/projectRoot.ts';
import type { Answers } from './answers.ts';
import { ignoredPaths } from './files/projectFiles.ts';
import { InitError } from './initError.ts';
import { installedAs } from './installedAs.ts';
import { mergePackage, newPackage, packageParts } from './packageFile.ts';
import { projectFiles, triggerFiles } from './planFiles.ts';
import { type FileOutcome, replaceFile, writeFiles } from './writeFiles.ts';

/** What was done for an app. */
export interface MadeApp {
  readonly files: readonly FileOutcome[];
  /** Sentences on what the user has to know of files that were there. */
  readonly remarks: readonly string[];
}

/**
 * Writes the files of an app into a folder. What is there stays as it is, except that missing entries are added to
 * `package.json`.
 *
 * @param answers `undefined` if `triggers.ts` is there: then the files that belong to it are not written
 * @throws InitError before anything is written, if it cannot be written as asked
 */
export function makeApp(folder: string, answers: Answers | undefined, isDryRun: boolean): MadeApp {
  if (resolve(folder) === projectRoot) {
    throw new InitError(
      'This is the folder of mavera-triggers itself: name another one, such as ../research.',
    );
  }
  const own = JSON.parse(readFileSync(join(projectRoot, 'package.json'), 'utf8'));
  const parts = packageParts(installedAs(projectRoot, own.version), own.devDependencies);
  const path = join(folder, 'package.json');
  const found = existsSync(path) ? readFileSync(path, 'utf8') : undefined;
  const merged = found === undefined ? undefined : mergePackage(found, parts);
  const planned = [
    ...(answers === undefined ? [] : triggerFiles(answers)),
    ...projectFiles(folder, answers, readFileSync(join(projectRoot, 'cdk.json'), 'utf8')),
  ];
  const packageFile = {
    path: 'package.json',
    content: newPackage(folder, parts),
    about: 'scripts and dependencies',
  };
  if (!isDryRun) {
    makeFolder(folder);
  }
  if (merged === undefined) {
    const files = writeFiles(folder, [packageFile, ...planned], isDryRun);
    return { files, remarks: remarksOn(folder, files) };
  }
  if (merged.text !== undefined && !isDryRun) {
    replaceFile(path, merged.text);
  }
  const files = writeFiles(folder, planned, isDryRun);
  return { files, remarks: [...packageRemarks(merged, isDryRun), ...remarksOn(folder, files)] };
}

function makeFolder(folder: string): void {
  try {
    mkdirSync(folder, { recursive: true });
  } catch (error) {
    throw new InitError(`${folder} cannot be made: ${(error as Error).message}`, { cause: error });
  }
}

function packageRemarks(
  { added, kept }: { readonly added: readonly string[]; readonly kept: readonly string[] },
  isDryRun: boolean,
): readonly string[] {
  return [
    added.length === 0
      ? 'package.json has all that the app needs.'
      : `package.json ${isDryRun ? 'would get' : 'got'} what was missing: ${added.join(', ')}.`,
    ...(kept.length === 0 ? [] : [`package.json keeps its own ${kept.join(', ')}.`]),
  ];
}

function remarksOn(folder: string, files: readonly FileOutcome[]): readonly string[] {
  const isKept = (name: string): boolean =>
    files.some(({ file, outcome }) => file.path === name && outcome === 'kept');
  const missing = isKept('.gitignore') ? missingLines(join(folder, '.gitignore')) : [];
  return [
    ...(missing.length === 0 ? [] : [`Add to .gitignore: ${missing.join(' ')}`]),
    ...(isKept('cdk.json')
      ? ['`npm run synth` and `npm run deploy` run the app that your cdk.json names.']
      : []),
  ];
}

function missingLines(path: string): readonly string[] {
  const lines = new Set(readFileSync(path, 'utf8').split('\n').map(bare));
  return ignoredPaths.filter((ignored) => !lines.has(bare(ignored)));
}

function bare(line: string): string {
  return line.trim().replace(/^\/|\/$/g, '');
}
