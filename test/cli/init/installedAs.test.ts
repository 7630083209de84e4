import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { installedAs } from '../../../cli/init/installedAs.ts';
import { temporaryDirectory } from '../../infra/temporaryDirectory.ts';

/** A folder in which a package manager has installed this package. @returns the place of the package */
function installed(spec: string, inside = 'node_modules/mavera-triggers'): { folder: string; place: string } {
  const folder = temporaryDirectory();
  const place = join(folder, inside);
  mkdirSync(place, { recursive: true });
  writeFileSync(join(folder, 'package.json'), JSON.stringify({ dependencies: { 'mavera-triggers': spec } }));
  return { folder, place };
}

describe('how an app depends on this package', () => {
  it('is the absolute path of the tarball, which npx writes relative to its cache', () => {
    const { folder, place } = installed('file:../x/mavera-triggers-0.3.0.tgz');
    expect(installedAs(place, '0.3.0')).toBe(`file:${join(folder, '../x/mavera-triggers-0.3.0.tgz')}`);
  });

  it('is found from the store of pnpm too', () => {
    const inside = 'node_modules/.pnpm/mavera-triggers@file+x.tgz/node_modules/mavera-triggers';
    const { place } = installed('/x/mavera-triggers-0.3.0.tgz', inside);
    expect(installedAs(place, '0.3.0')).toBe('file:/x/mavera-triggers-0.3.0.tgz');
  });

  it.each(['^0.3.0', '0.3.0', 'latest', '~0.3'])(
    'is the version exactly, for one of a registry: %s',
    (spec) => {
      expect(installedAs(installed(spec).place, '0.3.1')).toBe('0.3.1');
    },
  );

  it.each([
    'git+ssh://git@git.example.com/team/mavera-triggers.git#v0.3.0',
    'https://example.com/mavera-triggers-0.3.0.tgz',
    'github:team/mavera-triggers',
    'team/mavera-triggers#v0.3.0',
  ])('is the repository or address that it came from: %s', (spec) => {
    expect(installedAs(installed(spec).place, '0.3.0')).toBe(spec);
  });

  it('is the folder of a clone', () => {
    const clone = join(temporaryDirectory(), 'mavera-triggers');
    expect(installedAs(clone, '0.3.0')).toBe(`file:${clone}`);
  });
});
