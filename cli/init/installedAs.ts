import { readFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';

/** The name under which this package is installed. */
const packageName = 'mavera-triggers';

/**
 * How an app can depend on this package as it was itself installed. npm writes this into the `package.json` above: that of the
 * app, or that of the folder in which npx keeps it.
 *
 * @param ownRoot where this package is installed
 * @param version of this package
 * @returns an absolute `file:` path, the URL of a repository or tarball, or, from a registry, the version exactly
 */
export function installedAs(ownRoot: string, version: string): string {
  for (let folder = dirname(ownRoot); folder !== dirname(folder); folder = dirname(folder)) {
    const spec = dependencyOf(folder);
    if (spec !== undefined) {
      return absolute(spec, folder, version);
    }
  }
  // A clone, or a global installation of one.
  return isInstalled(ownRoot) ? version : `file:${ownRoot}`;
}

function dependencyOf(folder: string): string | undefined {
  try {
    const { dependencies, devDependencies } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
    const spec = dependencies?.[packageName] ?? devDependencies?.[packageName];
    return typeof spec === 'string' ? spec : undefined;
  } catch {
    // There is no such file, or it says nothing of us.
    return undefined;
  }
}

function absolute(spec: string, folder: string, version: string): string {
  if (spec.startsWith('file:')) {
    return `file:${resolve(folder, spec.slice('file:'.length))}`;
  }
  const isPath = /^\.{0,2}\//.test(spec);
  if (isPath) {
    return `file:${resolve(folder, spec)}`;
  }
  // A range or tag of a registry has neither a scheme nor a slash.
  return /[:/]/.test(spec) ? spec : version;
}

function isInstalled(ownRoot: string): boolean {
  return ownRoot.split(/[\\/]/).includes('node_modules');
}
