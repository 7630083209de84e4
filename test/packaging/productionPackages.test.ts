import { describe, expect, it } from 'vitest';
import { type LockedPackage, productionPackages } from '../../packaging/release/productionPackages.ts';

const lockOf = (root: LockedPackage, packages: Readonly<Record<string, LockedPackage>>) => ({
  packages: { '': root, ...packages },
});

const namesOf = (root: LockedPackage, packages: Readonly<Record<string, LockedPackage>>): readonly string[] =>
  productionPackages(lockOf(root, packages)).map(({ name, version }) => `${name}@${version}`);

describe('what an installation brings along', () => {
  it('is what the package depends on, with dependencies of dependencies, as Node.js finds them', () => {
    const packages = {
      'node_modules/a': {
        version: '1.0.0',
        dependencies: { b: '^1.0.0' },
        optionalDependencies: { c: '1.0.0' },
      },
      'node_modules/a/node_modules/b': { version: '1.5.0', dependencies: { '@x/d': '1.0.0' } },
      'node_modules/b': { version: '2.0.0' },
      'node_modules/c': { version: '1.0.0' },
      'node_modules/@x/d': { version: '1.0.0', dependencies: { a: '1.0.0' } },
      'node_modules/tool': { version: '1.0.0', dependencies: { b: '^2.0.0' } },
    };
    expect(namesOf({ dependencies: { a: '1.0.0' } }, packages)).toEqual([
      '@x/d@1.0.0',
      'a@1.0.0',
      'b@1.5.0',
      'c@1.0.0',
    ]);
  });

  it('has an optional dependency that is a development dependency too, though npm marks it as dev', () => {
    const packages = { 'node_modules/emulator': { version: '1.0.0', dev: true } };
    expect(namesOf({ optionalDependencies: { emulator: '1.0.0' } }, packages)).toEqual(['emulator@1.0.0']);
  });

  it('has what a dependency wants beside it, but not what it only takes if it is there', () => {
    const packages = {
      'node_modules/a': {
        version: '1.0.0',
        peerDependencies: { needed: '1', taken: '1' },
        peerDependenciesMeta: { taken: { optional: true } },
      },
      'node_modules/needed': { version: '1.0.0' },
      'node_modules/taken': { version: '1.0.0' },
    };
    expect(namesOf({ dependencies: { a: '1.0.0' } }, packages)).toEqual(['a@1.0.0', 'needed@1.0.0']);
  });

  it('has nothing of the peers of this package', () => {
    const packages = { 'node_modules/aws-cdk-lib': { version: '2.0.0' } };
    expect(namesOf({ peerDependencies: { 'aws-cdk-lib': '^2.0.0' } }, packages)).toEqual([]);
  });

  it('leaves out what is not locked for any platform', () => {
    expect(namesOf({ optionalDependencies: { windows: '1.0.0' } }, {})).toEqual([]);
  });
});
