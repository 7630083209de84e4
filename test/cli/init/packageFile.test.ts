import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { InitError } from '../../../cli/init/initError.ts';
import { mergePackage, newPackage, packageParts } from '../../../cli/init/packageFile.ts';
import own from '../../../package.json' with { type: 'json' };
import { anyJson } from '../../unit/jsonArbitrary.ts';

const parts = packageParts('file:/tmp/mavera-triggers-0.3.0.tgz', own.devDependencies);

describe('package.json of a new app', () => {
  it('has the scripts of the commands, and the versions that this project uses', () => {
    const made = JSON.parse(newPackage('/tmp/research', parts));
    expect(made).toMatchObject({
      name: 'research',
      private: true,
      type: 'module',
      dependencies: { 'mavera-triggers': 'file:/tmp/mavera-triggers-0.3.0.tgz' },
      devDependencies: { node: own.devDependencies.node, 'aws-cdk': own.devDependencies['aws-cdk'] },
    });
    expect(Object.keys(made.scripts)).toEqual([
      'start',
      'dev',
      'test',
      'check',
      'triggers',
      'connect',
      'ops',
      'synth',
      'deploy',
    ]);
  });

  it('is complete: nothing is added to it the second time', () => {
    expect(mergePackage(newPackage('/tmp/research', parts), parts)).toEqual({
      text: undefined,
      added: [],
      kept: [],
    });
  });
});

it('installs what npm leaves out of the package under an older Node.js', () => {
  const { devDependencies, allowScripts } = JSON.parse(newPackage('/tmp/research', parts));
  expect(devDependencies.fauxqs).toBe(own.optionalDependencies.fauxqs);
  expect(allowScripts).toEqual({ esbuild: true, 'mavera-triggers': true, node: true });
});

describe('package.json that is there', () => {
  it('gets what is missing, and keeps all that it has, its indent too', () => {
    const there = {
      name: 'shop',
      type: 'module',
      scripts: { start: 'node server.ts' },
      dependencies: { 'aws-cdk-lib': '^2.200.0' },
    };
    const { text, added, kept } = mergePackage(JSON.stringify(there, undefined, 4), parts);
    const merged = JSON.parse(text ?? '');
    expect(merged).toMatchObject({
      name: 'shop',
      scripts: { start: 'node server.ts', dev: 'mavera-triggers dev' },
    });
    expect(merged.devDependencies).not.toHaveProperty('aws-cdk-lib');
    expect(text).toMatch(/^\{\n {4}"name": "shop",\n/);
    expect(added).toContain('scripts.dev');
    expect(added).not.toContain('devDependencies.aws-cdk-lib');
    expect(kept).toEqual(['scripts.start', 'devDependencies.aws-cdk-lib']);
  });

  it('never loses or changes an entry', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string(), anyJson), (others) => {
        const { text } = mergePackage(JSON.stringify({ ...others, type: 'module' }), parts);
        const merged = JSON.parse(text ?? '{}');
        for (const [name, value] of Object.entries(JSON.parse(JSON.stringify(others)))) {
          if (!(name in parts) && name !== 'type') {
            expect(merged[name]).toEqual(value);
          }
        }
      }),
    );
  });

  it.each(['{}', '{"type":"commonjs"}'])('is refused if its files are not ECMAScript modules: %s', (text) => {
    expect(() => mergePackage(text, parts)).toThrow(InitError);
    expect(() => mergePackage(text, parts)).toThrow('npm pkg set type=module');
  });

  it.each(['', '[]', '{"name":'])('is refused if it is not a JSON object: %j', (text) => {
    expect(() => mergePackage(text, parts)).toThrow('not a JSON object');
  });
});
