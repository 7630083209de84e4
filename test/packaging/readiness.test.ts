import { describe, expect, it } from 'vitest';
import { readChangelog } from '../../packaging/release/changelog.ts';
import type { GitState } from '../../packaging/release/gitState.ts';
import {
  gitProblems,
  lockProblems,
  unreleasedProblems,
  versionProblems,
} from '../../packaging/release/readiness.ts';

const today = '2026-11-29';
const head = '05c296905cb62c13f591ae1985ccd9f5d70ec1a1';
const ready: GitState = { changed: [], head, branch: 'main', main: head, tags: ['v0.3.0'] };

const changelog = `# Changelog

## [Unreleased]

## [0.4.0] - 2026-11-29

### Added

- It does more.

## [0.3.0] - 2026-11-28

### Added

- It does something.
`;

const problemsOf = (text: string, version = '0.4.0'): readonly string[] =>
  versionProblems({ version }, readChangelog(text), today);

describe('the repository', () => {
  it('can be released when it is main, with nothing uncommitted and no tag of the version', () => {
    expect(gitProblems(ready, '0.4.0')).toEqual([]);
  });

  it('can be released by a CI that has checked out the commit of main and no branch', () => {
    const { branch, ...detached } = ready;
    expect(gitProblems(detached, '0.4.0')).toEqual([]);
  });

  it('cannot be released with files that are not committed, and names the first ones', () => {
    expect(gitProblems({ ...ready, changed: ['README.md'] }, '0.4.0')[0]).toMatch(
      /^1 file is not committed: README.md\. /,
    );
    const many = ['a.ts', 'b.ts', 'c.ts', 'd.ts', 'e.ts', 'f.ts', 'g.ts'];
    expect(gitProblems({ ...ready, changed: many }, '0.4.0')[0]).toMatch(
      /^7 files are not committed: a.ts, b.ts, c.ts, d.ts, e.ts and 2 more\. /,
    );
  });

  it('cannot be released from another commit than main', () => {
    const main = '92940df654cb62c13f591ae1985ccd9f5d70ec1a';
    expect(gitProblems({ ...ready, branch: 'feature', main }, '0.4.0')).toEqual([
      'feature is at 05c296905, and main is at 92940df65. Releases are made of main alone: git switch main && git pull.',
    ]);
  });

  it('cannot be released without a branch main', () => {
    const { main, ...state } = ready;
    expect(gitProblems(state, '0.4.0')).toEqual([
      'There is no branch main, here or at origin. Fetch it: git fetch origin main.',
    ]);
  });

  it('cannot be released when the tag exists', () => {
    expect(gitProblems(ready, '0.3.0')).toEqual([
      'The tag v0.3.0 exists, so 0.3.0 was released before. Raise "version" in package.json, and give the new version an entry in CHANGELOG.md.',
    ]);
  });
});

describe('version and changelog', () => {
  it('fit each other', () => {
    expect(problemsOf(changelog)).toEqual([]);
  });

  it('do not fit if the version has no entry, and the heading to write is named', () => {
    expect(problemsOf(changelog, '0.5.0')).toEqual([
      'CHANGELOG.md has no entry for 0.5.0. Below "## [Unreleased]" add "## [0.5.0] - 2026-11-29", with what changes.',
    ]);
  });

  it('do not fit if the changelog has a newer version than package.json', () => {
    expect(problemsOf(changelog, '0.3.0')).toEqual([
      'CHANGELOG.md has 0.4.0 above 0.3.0, the version in package.json. Give package.json the newest version.',
    ]);
  });

  it.each([
    ['## [0.4.0]', 'has no date'],
    ['## [0.4.0] - soon', 'has the date "soon"'],
    ['## [0.4.0] - 2026-02-30', 'has the date "2026-02-30"'],
    ['## [0.4.0] - 2026-12-24', 'is of 2026-12-24, and today is 2026-11-29'],
  ])('do not fit if the heading is "%s"', (heading, what) => {
    const [problem] = problemsOf(changelog.replace('## [0.4.0] - 2026-11-29', heading));
    expect(problem).toContain(what);
    expect(problem).toContain('Write "## [0.4.0] - 2026-11-29".');
  });

  it('do not fit if the entry is empty', () => {
    const [problem] = problemsOf(changelog.replace('- It does more.\n', ''));
    expect(problem).toMatch(/^The entry of 0\.4\.0 in CHANGELOG\.md is empty\. /);
  });

  it('do not fit if the step is too small', () => {
    const [problem] = problemsOf(changelog.replace('0.4.0', '0.3.1'), '0.3.1');
    expect(problem).toContain('Use 0.4.0');
  });

  it('do not fit if the version is not three numbers', () => {
    expect(problemsOf(changelog, '0.4')[0]).toContain('"0.4"');
  });

  it('of the first release need no version before it', () => {
    expect(problemsOf('## [0.1.0] - 2026-11-29\n### Added\n- All.', '0.1.0')).toEqual([]);
  });
});

describe('changes that are not released', () => {
  it('stop a release while they stand in the changelog', () => {
    const text = changelog.replace('## [Unreleased]\n', '## [Unreleased]\n\n### Fixed\n\n- It works.\n');
    expect(unreleasedProblems(readChangelog(text), '0.4.0')[0]).toContain('Move them to the entry of 0.4.0.');
    expect(unreleasedProblems(readChangelog(changelog), '0.4.0')).toEqual([]);
  });
});

describe('the lock file', () => {
  const manifest = { name: 'mavera-triggers', version: '0.4.0', dependencies: { zod: '4.6.7' } };
  const packages = {
    '': manifest,
    'node_modules/zod': { version: '4.6.7', integrity: 'sha512-x' },
    'node_modules/vitest': { version: '5.1.1', dev: true },
  };

  it('can be relied on if it fits package.json and has a digest of each package that comes with it', () => {
    expect(lockProblems({ packages }, manifest)).toEqual([]);
  });

  it('cannot if it is of another version', () => {
    expect(lockProblems({ packages }, { ...manifest, version: '0.5.0' })).toEqual([
      'package-lock.json is of version 0.4.0, and package.json of 0.5.0. Run npm install --package-lock-only.',
    ]);
  });

  it('cannot if package.json wants another version of a dependency, or another dependency', () => {
    const dependencies = { zod: '4.6.8' };
    const [problem] = lockProblems(
      { packages },
      { ...manifest, dependencies, optionalDependencies: { new: '1.0.0' } },
    );
    expect(problem).toBe(
      'package-lock.json does not have what package.json says of zod, new. Run npm install, and the tests again.',
    );
  });

  it('cannot if a package that is named is not locked, though it is optional', () => {
    const vitest = { version: '5.1.1', dev: true, optionalDependencies: { 'vitest-windows': '5.1.1' } };
    const [problem] = lockProblems({ packages: { ...packages, 'node_modules/vitest': vitest } }, manifest);
    expect(problem).toMatch(/^package-lock\.json lacks vitest-windows, so npm ci refuses it\. /);
  });

  it('cannot if npm would not check a download', () => {
    const zod = { version: '4.6.7', integrity: 'sha512-x', dependencies: { '@b/c': '1.0.0' } };
    const under = { 'node_modules/zod/node_modules/@b/c': { version: '1.0.0' } };
    const [problem] = lockProblems(
      { packages: { ...packages, 'node_modules/zod': zod, ...under } },
      manifest,
    );
    expect(problem).toMatch(/^package-lock\.json has no integrity digest for @b\/c, /);
  });
});
