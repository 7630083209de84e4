import type { ChangelogEntry } from './changelog.ts';

/** How far a version is from the one before it. */
export type VersionStep = 'major' | 'minor' | 'patch';

type Numbers = readonly [major: number, minor: number, patch: number];

/** @returns `undefined` for what is not three numbers, such as `1.2.3-rc.1` */
export function readVersion(version: string): Numbers | undefined {
  const numbers = /^(0|[1-9]\d*)\.(0|[1-9]\d*)\.(0|[1-9]\d*)$/.exec(version)?.slice(1).map(Number);
  const [major, minor, patch] = numbers ?? [];
  return major === undefined || minor === undefined || patch === undefined
    ? undefined
    : [major, minor, patch];
}

/** The versions that may follow a version, by their step. */
export function versionsAfter([major, minor, patch]: Numbers): Readonly<Record<VersionStep, string>> {
  return {
    major: `${major + 1}.0.0`,
    minor: `${major}.${minor + 1}.0`,
    patch: `${major}.${minor}.${patch + 1}`,
  };
}

/**
 * The smallest step that the changes of an entry need, by the policy of `docs/versions.md`.
 *
 * @param before the version before the entry; up to 1.0.0, what breaks needs a minor step only
 */
export function neededStep(
  { sections, text }: Pick<ChangelogEntry, 'sections' | 'text'>,
  [major]: Numbers,
): VersionStep {
  if (sections.includes('Removed') || text.includes('**Breaking**')) {
    return major === 0 ? 'minor' : 'major';
  }
  return sections.some((section) => ['Added', 'Changed', 'Deprecated'].includes(section)) ? 'minor' : 'patch';
}

const steps: readonly VersionStep[] = ['patch', 'minor', 'major'];

/**
 * What is wrong with the number of an entry, seen from the version before it.
 *
 * @returns a sentence with the fix; `undefined` if the number fits
 */
export function versionStepProblem(entry: ChangelogEntry, before: string): string | undefined {
  const numbers = readVersion(before);
  if (numbers === undefined) {
    return `The changelog's entry before ${entry.version} is "${before}". Give it a version of three numbers.`;
  }
  const next = versionsAfter(numbers);
  const step = steps.find((one) => next[one] === entry.version);
  if (step === undefined) {
    return `${entry.version} does not follow ${before}. Use ${next.patch}, ${next.minor} or ${next.major} in package.json and CHANGELOG.md.`;
  }
  const needed = neededStep(entry, numbers);
  return steps.indexOf(step) < steps.indexOf(needed)
    ? `${entry.version} is a ${step} version, but its entry in CHANGELOG.md needs a ${needed} one (docs/versions.md). Use ${next[needed]} in package.json and CHANGELOG.md.`
    : undefined;
}
