import { existsSync, globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { projectRoot } from '../../infra/bundling/projectRoot.ts';

interface Manifest {
  readonly bin: Readonly<Record<string, string>>;
  readonly files: readonly string[];
  readonly exports: Readonly<Record<string, string | Readonly<Record<string, string>>>>;
  readonly imports: Readonly<Record<string, Readonly<Record<string, string>>>>;
  readonly dependencies: Readonly<Record<string, string>>;
  readonly peerDependencies: Readonly<Record<string, string>>;
  readonly optionalDependencies: Readonly<Record<string, string>>;
  readonly devDependencies: Readonly<Record<string, string>>;
}

const manifest = JSON.parse(readFileSync(join(projectRoot, 'package.json'), 'utf8')) as Manifest;
const condition = '@mavera-triggers/source';
const entries = Object.entries(manifest.exports).flatMap(([name, entry]) =>
  typeof entry === 'string' ? [] : [[name, entry] as const],
);

/** The source that a built file is made of. */
function sourceOf(built: string): string {
  return built.replace(/^\.\/dist\//, './').replace(/(?:\.d\.ts|\.js)$/, '.ts');
}

describe('the entries of the package', () => {
  it.each(entries)('%s names a source, its declarations and its JavaScript, in this order', (_, entry) => {
    expect(Object.keys(entry)).toEqual([condition, 'types', 'default']);
    const { [condition]: source = '', types = '', default: code = '' } = entry;
    expect(existsSync(join(projectRoot, source))).toBe(true);
    expect([sourceOf(types), sourceOf(code)]).toEqual([source, source]);
  });

  it('are all that its own names can be', () => {
    for (const [name, { [condition]: source = '', default: code }] of Object.entries(manifest.imports)) {
      expect([name, globSync(source.replace('*', 'segment'), { cwd: projectRoot }).length]).toEqual([
        name,
        1,
      ]);
      // Bundles of functions replace it by the user's file.
      expect(code === undefined ? '#triggers' : sourceOf(code)).toBe(code === undefined ? name : source);
    }
  });

  it('have a command that says which Node.js runs it', () => {
    const source = sourceOf(manifest.bin['mavera-triggers'] ?? '');
    expect(readFileSync(join(projectRoot, source), 'utf8')).toMatch(/^#!\/usr\/bin\/env node\n/);
  });
});

describe('the code of the package', () => {
  const shipped = globSync('{functions,infra,cli,local,simulators,testing}/**/*.{ts,mjs}', {
    cwd: projectRoot,
    exclude: ['infra/docs/**', 'infra/checkedApp.ts', 'infra/securityChecks.ts'],
  });
  const imported = new Map(shipped.flatMap((file) => importsOf(file).map((name) => [name, file] as const)));

  it('imports only what is installed with it', () => {
    const { dependencies, peerDependencies, optionalDependencies } = manifest;
    const installed = {
      ...dependencies,
      ...peerDependencies,
      ...optionalDependencies,
      'mavera-triggers': '',
    };
    const missing = [...imported].filter(([name]) => !Object.hasOwn(installed, name));
    expect(missing).toEqual([]);
  });

  it('needs all that is installed with it', () => {
    const { dependencies, peerDependencies } = manifest;
    const unused = Object.keys({ ...dependencies, ...peerDependencies }).filter(
      (name) => !imported.has(name),
    );
    expect(unused).toEqual([]);
  });

  it('has the same emulators as the repository', () => {
    expect(manifest.devDependencies.fauxqs).toBe(manifest.optionalDependencies.fauxqs);
  });
});

/** The packages that a file imports when it runs; types alone are not in its JavaScript. */
function importsOf(file: string): readonly string[] {
  const code = readFileSync(join(projectRoot, file), 'utf8')
    .replace(/^(?:import|export) type [^;]*;/gm, '')
    .replace(/\/\*[\s\S]*?\*\/|^\s*(?:\/\/|\*).*$/gm, '');
  const found = code.matchAll(
    /(?:^(?:import|export)\s(?:[^'";]*\sfrom\s)?|\bimport\()'((?:@[\w.-]+\/)?[a-z][\w.-]*)(?:\/[^']*)?'/gm,
  );
  return [...found].map(([, name = '']) => name);
}
