import type { ChangelogEntry } from './changelog.ts';
import type { GitState } from './gitState.ts';
import { type LockFile, productionPackages, unlockedNames } from './productionPackages.ts';
import { type Manifest, tagOf } from './publishing.ts';
import { someOf } from './someOf.ts';
import { readVersion, versionStepProblem } from './versionStep.ts';

/** Why the state of the repository cannot be released. @returns a sentence with the fix for each */
export function gitProblems(
  { changed, head, branch, main, tags }: GitState,
  version: string,
): readonly string[] {
  const tag = tagOf(version);
  return [
    ...(changed.length === 0
      ? []
      : [
          `${changed.length === 1 ? '1 file is' : `${changed.length} files are`} not committed: ${someOf(changed)}. Commit or stash what belongs to the release, so that its tag shows what was built.`,
        ]),
    ...(main === undefined
      ? ['There is no branch main, here or at origin. Fetch it: git fetch origin main.']
      : head === main
        ? []
        : [
            `${branch ?? 'HEAD'} is at ${head.slice(0, 9)}, and main is at ${main.slice(0, 9)}. Releases are made of main alone: git switch main && git pull.`,
          ]),
    ...(tags.includes(tag)
      ? [
          `The tag ${tag} exists, so ${version} was released before. Raise "version" in package.json, and give the new version an entry in CHANGELOG.md.`,
        ]
      : []),
  ];
}

/**
 * Why version and changelog do not fit each other, or the policy of `docs/versions.md`.
 *
 * @param today `2026-11-29`
 * @returns a sentence with the fix for each
 */
export function versionProblems(
  { version }: Pick<Manifest, 'version'>,
  entries: readonly ChangelogEntry[],
  today: string,
): readonly string[] {
  if (readVersion(version) === undefined) {
    return [`The version "${version}" in package.json is not three numbers, such as 1.2.3. Correct it.`];
  }
  const index = entries.findIndex((entry) => entry.version === version);
  const entry = entries[index];
  if (entry === undefined) {
    return [
      `CHANGELOG.md has no entry for ${version}. Below "## [Unreleased]" add "## [${version}] - ${today}", with what changes.`,
    ];
  }
  const newer = entries.slice(0, index).filter((one) => one.version !== 'Unreleased');
  const before = entries[index + 1]?.version;
  const step = before === undefined ? undefined : versionStepProblem(entry, before);
  return [
    ...(newer.length === 0
      ? []
      : [
          `CHANGELOG.md has ${someOf(newer.map((one) => one.version))} above ${version}, the version in package.json. Give package.json the newest version.`,
        ]),
    ...dateProblems(entry, today),
    ...(entry.sections.length === 0
      ? [
          `The entry of ${version} in CHANGELOG.md is empty. Write below "### Added", "### Changed" or "### Fixed" what changes for users.`,
        ]
      : []),
    ...(step === undefined ? [] : [step]),
  ];
}

function dateProblems({ version, date }: ChangelogEntry, today: string): readonly string[] {
  const heading = `Write "## [${version}] - ${today}".`;
  if (date === undefined) {
    return [`The entry of ${version} in CHANGELOG.md has no date. ${heading}`];
  }
  if (!isDate(date)) {
    return [`The entry of ${version} in CHANGELOG.md has the date "${date}". ${heading}`];
  }
  return date > today
    ? [`The entry of ${version} in CHANGELOG.md is of ${date}, and today is ${today}. ${heading}`]
    : [];
}

function isDate(text: string): boolean {
  const time = Date.parse(`${text}T00:00:00Z`);
  return !Number.isNaN(time) && new Date(time).toISOString().startsWith(text);
}

/** What would be left out of a real release. A dry run only says it. */
export function unreleasedProblems(entries: readonly ChangelogEntry[], version: string): readonly string[] {
  const unreleased = entries.find((entry) => entry.version === 'Unreleased');
  return unreleased === undefined || unreleased.text === ''
    ? []
    : [
        `CHANGELOG.md has changes under "Unreleased", and they are in this tree. Move them to the entry of ${version}.`,
      ];
}

/** Why the lock file cannot be relied on. @returns a sentence with the fix for each */
export function lockProblems(lock: LockFile, manifest: Manifest): readonly string[] {
  const root = lock.packages[''] ?? {};
  const locked: Names = { ...root.dependencies, ...root.optionalDependencies };
  const wanted: Names = { ...manifest.dependencies, ...manifest.optionalDependencies };
  const differ = Object.keys({ ...locked, ...wanted }).filter((name) => locked[name] !== wanted[name]);
  const unlocked = unlockedNames(lock);
  const without = productionPackages(lock).filter(({ hasDigest }) => !hasDigest);
  return [
    ...(root.version === manifest.version
      ? []
      : [
          `package-lock.json is of version ${root.version ?? '(none)'}, and package.json of ${manifest.version}. Run npm install --package-lock-only.`,
        ]),
    ...(differ.length === 0
      ? []
      : [
          `package-lock.json does not have what package.json says of ${someOf(differ)}. Run npm install, and the tests again.`,
        ]),
    ...(unlocked.length === 0
      ? []
      : [
          `package-lock.json lacks ${someOf(unlocked)}, so npm ci refuses it. Look which package needs it (npm ls), and choose a version of that package without it.`,
        ]),
    ...(without.length === 0
      ? []
      : [
          `package-lock.json has no integrity digest for ${someOf(without.map(({ name }) => name))}, so npm does not check what it downloads. Remove node_modules and package-lock.json, and run npm install.`,
        ]),
  ];
}

type Names = Readonly<Record<string, string>>;
