import { describe, expect, it } from 'vitest';
import type { ChangelogEntry } from '../../packaging/release/changelog.ts';
import { readVersion, versionStepProblem } from '../../packaging/release/versionStep.ts';

const entry = (version: string, sections: readonly string[], text = '- It changes.'): ChangelogEntry => ({
  version,
  date: '2026-11-29',
  sections,
  text,
});

describe('a version', () => {
  it.each(['1.2.3', '0.0.1', '10.20.30'])('%s is three numbers', (version) => {
    expect(readVersion(version)?.join('.')).toBe(version);
  });

  it.each(['1.2', '1.2.3-rc.1', 'v1.2.3', '01.2.3', ''])('"%s" is not three numbers', (version) => {
    expect(readVersion(version)).toBeUndefined();
  });
});

describe('the step of a version', () => {
  it.each([
    ['0.3.0', '0.3.1', ['Fixed']],
    ['0.3.0', '0.3.1', ['Fixed', 'Security']],
    ['0.3.0', '0.4.0', ['Added', 'Changed', 'Fixed']],
    ['0.3.0', '0.4.0', ['Removed']],
    ['0.3.4', '0.4.0', ['Fixed']],
    ['0.9.0', '1.0.0', ['Changed']],
    ['1.3.2', '2.0.0', ['Removed']],
    ['1.3.2', '1.4.0', ['Deprecated']],
  ])('from %s to %s fits %j', (before, version, sections) => {
    expect(versionStepProblem(entry(version, sections), before)).toBeUndefined();
  });

  it.each([
    ['0.3.0', '0.3.1', ['Added'], '0.4.0'],
    ['0.3.0', '0.3.1', ['Deprecated', 'Fixed'], '0.4.0'],
    ['1.3.2', '1.3.3', ['Changed'], '1.4.0'],
    ['1.3.2', '1.4.0', ['Removed'], '2.0.0'],
  ])('from %s to %s is too small for %j, and %s is named', (before, version, sections, right) => {
    const problem = versionStepProblem(entry(version, sections), before);
    expect(problem).toContain(version);
    expect(problem).toContain(`Use ${right}`);
  });

  it('is a major one for a change that is marked as breaking, and before 1.0.0 a minor one', () => {
    const breaking = '- **Breaking**: the prop is gone.';
    expect(versionStepProblem(entry('1.4.0', ['Changed'], breaking), '1.3.2')).toContain('Use 2.0.0');
    expect(versionStepProblem(entry('0.4.0', ['Changed'], breaking), '0.3.2')).toBeUndefined();
  });

  it.each(['0.5.0', '0.3.0', '0.2.9', '0.3.2', '2.0.0'])(
    'from 0.3.0 to %s leaves a gap or goes back',
    (version) => {
      expect(versionStepProblem(entry(version, ['Fixed']), '0.3.0')).toBe(
        `${version} does not follow 0.3.0. Use 0.3.1, 0.4.0 or 1.0.0 in package.json and CHANGELOG.md.`,
      );
    },
  );
});
