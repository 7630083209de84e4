import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { projectRoot } from '../../infra/bundling/projectRoot.ts';
import packageJson from '../../package.json' with { type: 'json' };
import lock from '../../package-lock.json' with { type: 'json' };
import { isPermissive } from '../../packaging/release/licences.ts';
import { makeSbom } from '../../packaging/release/makeSbom.ts';
import { type LockFile, productionPackages } from '../../packaging/release/productionPackages.ts';
import { licenceCounts, type Sbom, sbomProblems } from '../../packaging/release/sbom.ts';
import { temporaryDirectory } from '../infra/temporaryDirectory.ts';

const self = { name: 'mavera-triggers', version: '0.4.0' };
const zod = { name: 'zod', version: '4.6.7', licenses: [{ license: { id: 'MIT' } }] };
const sbomWith = (...components: Sbom['components']): Sbom => ({
  bomFormat: 'CycloneDX',
  specVersion: '1.5',
  metadata: { component: self },
  components,
});

describe('a licence', () => {
  it.each(['MIT', '(MIT OR Apache-2.0)', 'MIT OR GPL-3.0-only', '(MIT AND (ISC OR GPL-2.0-only))', '0BSD'])(
    '%s is permissive',
    (licence) => {
      expect(isPermissive(licence)).toBe(true);
    },
  );

  it.each([
    'GPL-3.0-only',
    'MIT AND LGPL-2.1-only',
    '(MIT OR Apache-2.0) AND AGPL-3.0-only',
    'GPL-2.0-only WITH Classpath-exception-2.0',
    'Apache-2.0 WITH LLVM-exception',
    'SEE LICENSE IN LICENSE.md',
    'UNLICENSED',
    '(MIT',
    '',
  ])('%s is not permissive', (licence) => {
    expect(isPermissive(licence)).toBe(false);
  });
});

describe('a bill of materials', () => {
  it('is right if it has each production dependency with a permissive licence', () => {
    expect(sbomProblems(sbomWith(zod), self, [zod])).toEqual([]);
    expect(licenceCounts(sbomWith(zod, { ...zod, name: 'ISC-like' }))).toEqual([['MIT', 2]]);
  });

  it('is wrong if it leaves out a production dependency', () => {
    const other = { name: '@aws-sdk/client-sqs', version: '3.1169.0' };
    const [problem, ...others] = sbomProblems(sbomWith(zod), self, [zod, other]);
    expect(problem).toMatch(/^The SBOM leaves out @aws-sdk\/client-sqs@3\.1169\.0, /);
    expect(others).toEqual([]);
  });

  it('is wrong if it names what an installation does not bring along', () => {
    expect(sbomProblems(sbomWith(zod), self, [])[0]).toMatch(/^The SBOM names zod@4\.6\.7, /);
  });

  it('is wrong if it is of another version', () => {
    expect(sbomProblems(sbomWith(), { ...self, version: '0.5.0' }, [])).toEqual([
      'The SBOM is of mavera-triggers@0.4.0, not of mavera-triggers@0.5.0.',
    ]);
  });

  it.each([
    ['GPL-3.0-only', [{ license: { id: 'GPL-3.0-only' } }]],
    ['MIT AND AGPL-3.0-only', [{ expression: 'MIT AND AGPL-3.0-only' }]],
    ['(MIT) AND (GPL-2.0-only)', [{ license: { id: 'MIT' } }, { license: { id: 'GPL-2.0-only' } }]],
    ['Sleepycat', [{ license: { name: 'Sleepycat' } }]],
  ])('is wrong with a dependency of the licence %s', (licence, licenses) => {
    const [problem] = sbomProblems(sbomWith({ ...zod, licenses }), self, [zod]);
    expect(problem).toContain(
      `zod@4.6.7 has the licence ${licence}, which is not in the list of permissive ones.`,
    );
  });

  it('is wrong with a dependency that names no licence', () => {
    const { licenses, ...silent } = zod;
    expect(sbomProblems(sbomWith(silent), self, [zod])[0]).toMatch(/^zod@4\.6\.7 names no licence\. /);
  });
});

describe('the bill of materials that npm writes of this package', () => {
  it('has each production dependency of the lock file, with a permissive licence', () => {
    const sbom = makeSbom(projectRoot);
    expect(sbomProblems(sbom, packageJson, productionPackages(lock as LockFile))).toEqual([]);
    expect(sbom.components.map(({ name }) => name)).toContain('@aws-sdk/client-dynamodb');
  });

  it('has a dependency that a development dependency needs too, and no peer', () => {
    const directory = temporaryDirectory();
    mkdirSync(directory, { recursive: true });
    const manifest = {
      name: '@acme/app',
      version: '1.0.0',
      dependencies: { shared: '1.0.0' },
      devDependencies: { tool: '1.0.0' },
      peerDependencies: { host: '1.0.0' },
    };
    const packages = {
      '': manifest,
      'node_modules/host': { version: '1.0.0', peer: true, license: 'MIT' },
      'node_modules/shared': { version: '1.0.0', license: 'MIT' },
      'node_modules/tool': { version: '1.0.0', dev: true, dependencies: { shared: '1.0.0' } },
    };
    writeFileSync(join(directory, 'package.json'), JSON.stringify(manifest));
    writeFileSync(
      join(directory, 'package-lock.json'),
      JSON.stringify({ name: manifest.name, version: '1.0.0', lockfileVersion: 3, requires: true, packages }),
    );
    const sbom = makeSbom(directory);
    expect(sbom.components.map(({ name }) => name)).toEqual(['shared']);
    expect(sbomProblems(sbom, manifest, productionPackages({ packages }))).toEqual([]);
  });
});
