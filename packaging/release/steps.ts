import { execFileSync } from 'node:child_process';
import { ReleaseError } from './releaseError.ts';

/** What has to pass before a release, in this order: npm scripts, with what each shows. */
export const checks: readonly (readonly [script: string, shows: string])[] = [
  ['check', 'types, lint, and the import rules between the folders'],
  ['test', 'the tests'],
  ['check:package', 'the package, installed into apps as users do'],
];

/**
 * Runs a command and shows what it prints.
 *
 * @throws ReleaseError if it fails
 */
export function run(directory: string, [command = '', ...args]: readonly string[], fix: string): void {
  try {
    execFileSync(command, args, { cwd: directory, stdio: ['ignore', 'inherit', 'inherit'] });
  } catch (error) {
    throw new ReleaseError(`"${[command, ...args].join(' ')}" failed. ${fix}`, { cause: error });
  }
}

/**
 * Packs a built package.
 *
 * @param destination the folder for the tarball
 * @returns the name of the tarball
 */
export function pack(directory: string, destination: string): string {
  // Without scripts, because what they print would stand in the JSON. The build has run before.
  const args = ['pack', '--json', '--ignore-scripts', '--pack-destination', destination];
  const [packed] = JSON.parse(execFileSync('npm', args, { cwd: directory, encoding: 'utf8' }));
  return packed.filename;
}
