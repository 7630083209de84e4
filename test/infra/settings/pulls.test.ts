import { mkdirSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Grants } from '../../../functions/access/grants.ts';
import { idsFrom } from '../../../functions/pulls/profiles/profileIds.ts';
import { segmentProfiles } from '../../../functions/pulls/segmentProfiles.ts';
import { askMave } from '../../../functions/triggers/actions.ts';
import type { Trigger } from '../../../functions/triggers/trigger.ts';
import { checkTriggers } from '../../../infra/settings/checkTriggers.ts';
import { resolveSettings } from '../../../infra/settings/resolveSettings.ts';
import { temporaryDirectory } from '../temporaryDirectory.ts';

const directory = temporaryDirectory();
const triggersFile = join(directory, 'triggers.ts');
const file = (name: string, bytes: number): void => {
  writeFileSync(join(directory, name), '');
  truncateSync(join(directory, name), bytes);
};
file('ids.csv', 100);
file('large.csv', 50_000_001);
file('half.csv', 30_000_000);
file('other-half.csv', 30_000_000);
mkdirSync(join(directory, 'folder'));

/** A trigger that pulls the profiles of a file. */
function pulling(from: string, name = 'people'): Trigger {
  return {
    name,
    from: segmentProfiles({ space: 'spa_1', of: idsFrom(from), traits: ['ltv'] }),
    every: '1d',
    run: askMave(() => ({ message: 'Why?' })),
  };
}

function problems(triggers: readonly Trigger[], grants?: Grants): string {
  try {
    checkTriggers(triggers, resolveSettings({ triggersFile }), grants);
    return '';
  } catch (error) {
    return (error as Error).message;
  }
}

describe('the file of a pull', () => {
  it.each([
    './ids.csv',
    'ids.csv',
    join(directory, 'ids.csv'),
    's3://bucket/ids.csv',
    'https://example.com/ids.csv',
  ])('may be one beside the triggers file, one of S3, or one of a URL: %s', (from) => {
    expect(problems([pulling(from)])).toBe('');
  });

  it.each([
    ['./none.csv', `there is no file ${join(directory, 'none.csv')}: give a path from the triggers file.`],
    ['./folder', `there is no file ${join(directory, 'folder')}: give a path from the triggers file.`],
    [
      's3://bucket/*',
      'the file s3://bucket/* is not s3://bucket/key, or its key has *, ? or ${: the puller may read exactly one object.',
    ],
    [
      'http://example.com/ids.csv',
      'the file http://example.com/ids.csv cannot be read: give s3://bucket/key, an https: URL, or a path from the triggers file.',
    ],
  ])('must be there, and such that the puller may read it: %s', (from, problem) => {
    expect(problems([pulling(from)])).toBe(`trigger "people": ${problem}`);
  });

  it('must be small enough to be shipped with the function', () => {
    expect(problems([pulling('./large.csv')])).toBe(
      'The files ./large.csv have 51 MB, and 50 MB are shipped with the puller: put the large ones into S3, and name them as s3://bucket/key.',
    );
    expect(problems([pulling('./half.csv', 'one'), pulling('./half.csv', 'two')])).toBe('');
    expect(problems([pulling('./half.csv', 'one'), pulling('./other-half.csv', 'two')])).toContain(
      'have 60 MB',
    );
  });
});

describe('the access of a pull', () => {
  const runs = { 'mavera.mave': 'write', 'mavera.usage': 'read' } as const;

  it('must be granted by an access file, if there is one', () => {
    const triggers = [pulling('./ids.csv')];
    expect(problems(triggers, { 'trigger/people': runs })).toBe(
      'pull "people": it needs read on segmentProfiles.profiles for segmentProfiles; that is not granted',
    );
    const grants: Grants = { 'trigger/people': runs, 'pull/people': { 'segmentProfiles.profiles': 'read' } };
    expect(problems(triggers, grants)).toBe('');
    expect(problems(triggers, { ...grants, 'pull/others': {} })).toContain('there is no such pull');
  });
});
