import { describe, expect, it } from 'vitest';
import { readChangelog } from '../../packaging/release/changelog.ts';

describe('a changelog', () => {
  it('is read entry by entry, with the sections that have something in them', () => {
    const text = [
      '# Changelog',
      'What changes.',
      '## [Unreleased]',
      '',
      '## [0.4.0] - 2026-11-29',
      '',
      '### Added',
      '',
      '- One thing.',
      '',
      '### Changed',
      '',
      '### Fixed',
      '- Another.',
      '## [0.3.0]',
      '- Without a heading.',
    ].join('\n');
    expect(readChangelog(text)).toEqual([
      { version: 'Unreleased', sections: [], text: '' },
      { version: '0.4.0', date: '2026-11-29', sections: ['Added', 'Fixed'], text: expect.any(String) },
      { version: '0.3.0', sections: [], text: '- Without a heading.' },
    ]);
  });

  it('without entries has none', () => {
    expect(readChangelog('# Changelog\n\nNothing yet.\n')).toEqual([]);
  });
});
