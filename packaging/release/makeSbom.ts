import { execFileSync } from 'node:child_process';
import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ReleaseError } from './releaseError.ts';
import { type Sbom, withLicencesReadByHand } from './sbom.ts';

/**
 * Has npm write the bill of materials of a package, from its lock file: what an installation brings along, on all platforms.
 *
 * `npm sbom --omit dev` also leaves out each production dependency that a development dependency needs too
 * (https://github.com/npm/cli/issues/7909): 38 of 42 packages here. Therefore npm sees a copy of the two files that has no
 * development dependencies, and no peers.
 *
 * @param directory that of `package.json` and `package-lock.json`
 * @throws ReleaseError if npm cannot
 */
export function makeSbom(directory: string): Sbom {
  const { devDependencies, peerDependencies, peerDependenciesMeta, scripts, ...manifest } = JSON.parse(
    readFileSync(join(directory, 'package.json'), 'utf8'),
  );
  const parent = mkdtempSync(join(tmpdir(), 'mavera-triggers-sbom-'));
  try {
    // npm takes the name of the folder for the name of the package.
    const copy = join(parent, manifest.name);
    mkdirSync(copy, { recursive: true });
    writeFileSync(join(copy, 'package.json'), JSON.stringify(manifest));
    copyFileSync(join(directory, 'package-lock.json'), join(copy, 'package-lock.json'));
    npm(copy, 'install', '--package-lock-only', '--offline', '--ignore-scripts', '--no-audit', '--no-fund');
    return withLicencesReadByHand(
      JSON.parse(
        npm(copy, 'sbom', '--package-lock-only', '--sbom-format', 'cyclonedx', '--sbom-type', 'library'),
      ),
    );
  } finally {
    rmSync(parent, { recursive: true, force: true });
  }
}

function npm(directory: string, ...args: string[]): string {
  try {
    return execFileSync('npm', args, {
      cwd: directory,
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'pipe'],
      maxBuffer: 64 * 1024 * 1024,
    });
  } catch (error) {
    const { stderr } = error as { readonly stderr?: string };
    throw new ReleaseError(
      `npm ${args[0]} failed, so there is no SBOM. If package-lock.json does not fit package.json, run npm install. npm says:\n${stderr}`,
      { cause: error },
    );
  }
}
