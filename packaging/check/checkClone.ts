import { existsSync, mkdirSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { projectRoot } from '../../infra/bundling/projectRoot.ts';
import { CheckError } from './checkError.ts';
import { type Packed, packPackage } from './packPackage.ts';
import { runCommand } from './runCommand.ts';

/**
 * Packs a clone of the last commit, as npm does for a dependency on a git repository: nothing is built yet there.
 *
 * @param clone a directory that does not exist yet
 * @throws CheckError if the clone does not contain the same files as the working copy
 */
export async function checkClone(clone: string, packed: Packed): Promise<void> {
  const directory = `${clone}-packed`;
  mkdirSync(directory);
  await runCommand('git', ['clone', '--quiet', '--depth', '1', `file://${projectRoot}`, clone], {
    cwd: projectRoot,
  });
  // npm would install the same packages there.
  symlinkSync(join(projectRoot, 'node_modules'), join(clone, 'node_modules'));
  if (existsSync(join(clone, 'dist'))) {
    throw new CheckError('dist/ is committed, but it is built by `npm run prepare`');
  }
  const { files } = await packPackage(directory, clone);
  const differences = [
    ...files.filter((file) => !packed.files.includes(file)).map((file) => `only in the clone: ${file}`),
    ...packed.files.filter((file) => !files.includes(file)).map((file) => `missing in the clone: ${file}`),
  ];
  if (differences.length > 0) {
    throw new CheckError(
      `the package of a clone of the last commit differs from that of the working copy: ${differences.slice(0, 20).join(', ')}`,
    );
  }
}
