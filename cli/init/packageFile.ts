import { basename, resolve } from 'node:path';
import { InitError } from './initError.ts';

type Entries = Readonly<Record<string, string | boolean>>;

/** The parts of `package.json` that the app needs. */
export interface PackageParts {
  readonly scripts: Entries;
  readonly dependencies: Entries;
  readonly devDependencies: Entries;
  /** npm runs the install scripts only of packages that are named here. */
  readonly allowScripts: Entries;
}

/**
 * The names of what the app's own development needs; the versions are ours. The emulator `fauxqs` is optional for us, and npm leaves
 * such a package out under a Node.js that is too old for it, even if the app brings a newer one.
 */
const developmentPackages = [
  '@types/node',
  'aws-cdk',
  'aws-cdk-lib',
  'constructs',
  'fauxqs',
  'node',
  'typescript',
] as const;

const scripts = {
  start: 'mavera-triggers start',
  dev: 'mavera-triggers dev',
  test: 'node --test "test/**/*.test.ts"',
  check: 'tsc && mavera-triggers triggers check',
  triggers: 'mavera-triggers triggers',
  connect: 'mavera-triggers connect',
  ops: 'mavera-triggers ops',
  synth: 'cdk synth --quiet',
  deploy: 'cdk deploy',
};

/**
 * What the app needs.
 *
 * @param spec how the app depends on mavera-triggers, such as `file:/tmp/mavera-triggers-0.3.0.tgz`
 * @param ownVersions the versions that this project itself uses
 */
export function packageParts(spec: string, ownVersions: Entries): PackageParts {
  const versions = developmentPackages.map((name) => {
    const version = ownVersions[name];
    if (version === undefined) {
      throw new Error(`package.json of mavera-triggers does not name ${name}`);
    }
    return [name, version] as const;
  });
  return {
    scripts,
    dependencies: { 'mavera-triggers': spec },
    devDependencies: Object.fromEntries(versions),
    // Ours builds an installation from a repository.
    allowScripts: { esbuild: true, 'mavera-triggers': true, node: true },
  };
}

/** A new `package.json`. */
export function newPackage(folder: string, parts: PackageParts): string {
  const content = {
    name: packageName(folder),
    private: true,
    type: 'module',
    ...parts,
  };
  return `${JSON.stringify(content, undefined, 2)}\n`;
}

const longestName = 214;

/** The name of the folder, as npm takes names: small letters, digits, `-`, `_` and `.`, and neither `.` nor `_` first. */
export function packageName(folder: string): string {
  const name = basename(resolve(folder))
    .normalize('NFKD')
    .replace(/[\u0300-\u036f]/g, '')
    .toLowerCase()
    .replace(/[^a-z0-9._-]+/g, '-')
    .replace(/^[._-]+|-+$/g, '')
    .slice(0, longestName);
  // A package of this name would install itself, and npm takes neither of the others.
  const isTaken = ['', 'mavera-triggers', 'node_modules', 'favicon.ico'].includes(name);
  return isTaken ? 'customer-research' : name;
}

/** A `package.json` that was there, and what was added to it. */
export interface MergedPackage {
  /** `undefined` if nothing is missing. */
  readonly text: string | undefined;
  /** Such as `scripts.start`. */
  readonly added: readonly string[];
  /** Entries that are there and differ from what the app needs: such as `scripts.test`. */
  readonly kept: readonly string[];
}

/**
 * Adds what is missing to a `package.json`, and changes nothing that is there.
 *
 * @throws InitError if it cannot be read, or is not that of ECMAScript modules
 */
export function mergePackage(text: string, parts: PackageParts): MergedPackage {
  const found = readPackage(text);
  if (found.type !== 'module') {
    throw new InitError(
      'package.json is not that of ECMAScript modules, as which the files of init are written. ' +
        'Run `npm pkg set type=module` if nothing here needs CommonJS, and then this command again; ' +
        'or make the app in a folder of its own: npx mavera-triggers init research',
    );
  }
  const merged: Record<string, unknown> = { ...found };
  const added: string[] = [];
  const kept: string[] = [];
  for (const [part, wanted] of Object.entries(parts) as [keyof PackageParts, Entries][]) {
    const there = entriesOf(found[part]);
    const known = { ...there, ...otherDependencies(part, found) };
    const missing = Object.entries(wanted).filter(([name]) => !(name in known));
    const different = Object.entries(wanted).filter(
      ([name, value]) => name in known && known[name] !== value,
    );
    added.push(...missing.map(([name]) => `${part}.${name}`));
    kept.push(...different.map(([name]) => `${part}.${name}`));
    if (missing.length > 0) {
      merged[part] = { ...there, ...Object.fromEntries(missing) };
    }
  }
  const indent = /^([ \t]+)"/m.exec(text)?.[1] ?? '  ';
  return {
    text: added.length === 0 ? undefined : `${JSON.stringify(merged, undefined, indent)}\n`,
    added,
    kept,
  };
}

/** A package may stand in either of two parts. */
function otherDependencies(part: keyof PackageParts, found: Readonly<Record<string, unknown>>): object {
  const other = { dependencies: 'devDependencies', devDependencies: 'dependencies' } as const;
  return part in other ? entriesOf(found[other[part as keyof typeof other]]) : {};
}

function readPackage(text: string): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(text.replace(/^\uFEFF/, ''));
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) {
      return value as Record<string, unknown>;
    }
  } catch {
    // It is refused below.
  }
  throw new InitError(
    'package.json is there, but it is not a JSON object: repair or remove it, and run this command again.',
  );
}

function entriesOf(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
}
