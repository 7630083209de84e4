import { globSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { projectRoot } from '../../infra/bundling/projectRoot.ts';
import packageJson from '../../package.json' with { type: 'json' };
import lock from '../../package-lock.json' with { type: 'json' };
import { readChangelog } from '../../packaging/release/changelog.ts';
import type { LockFile } from '../../packaging/release/productionPackages.ts';
import { lockProblems, versionProblems } from '../../packaging/release/readiness.ts';

const { version } = packageJson;
const lastDate = '9999-12-31';

const byNumbers = (one: string, other: string): number => one.localeCompare(other, 'en', { numeric: true });

/** The releases whose records stand in a folder, in their order. */
const recordsIn = (folder: string): readonly string[] =>
  readdirSync(join(projectRoot, folder))
    .map((name) => name.replace('.json', ''))
    .sort(byNumbers);

describe('the version of package.json', () => {
  it('has its entry in the changelog, as the policy of versions says', () => {
    const changelog = readChangelog(readFileSync(join(projectRoot, 'CHANGELOG.md'), 'utf8'));
    expect(versionProblems(packageJson, changelog, lastDate)).toEqual([]);
  });

  it('is that of the lock file, which has a digest of each package that comes with it', () => {
    expect(lockProblems(lock as LockFile, packageJson)).toEqual([]);
  });

  it('is that of the tarballs which README and docs name', () => {
    const pages = globSync('{README.md,docs/**/*.md}', { cwd: projectRoot });
    const named = pages.flatMap((page) => [
      ...readFileSync(join(projectRoot, page), 'utf8').matchAll(/mavera-triggers-(\d+\.\d+\.\d+)\.tgz/g),
    ]);
    expect(named.length).toBeGreaterThan(0);
    expect(new Set(named.map(([, tarball]) => tarball))).toEqual(new Set([version]));
  });

  it.each(['test/integration/releases', 'test/unit/queue/recordedMessages'])(
    'is not older than the last record in %s',
    (folder) => {
      const last = recordsIn(folder).at(-1) ?? '';
      expect([last, version].sort(byNumbers).at(-1)).toBe(version);
    },
  );
});
