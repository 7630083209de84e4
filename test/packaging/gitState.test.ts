import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readGitState } from '../../packaging/release/gitState.ts';
import { temporaryDirectory } from '../infra/temporaryDirectory.ts';

const author = ['-c', 'user.name=Ada', '-c', 'user.email=ada@example.com'];

/** A new repository with one commit on main, and a function that calls git in it. */
function repository(): { readonly directory: string; readonly git: (...args: string[]) => string } {
  const directory = temporaryDirectory();
  const git = (...args: string[]): string =>
    execFileSync('git', [...author, ...args], { cwd: directory, encoding: 'utf8', stdio: 'pipe' }).trim();
  git('init', '--initial-branch', 'main');
  writeFileSync(join(directory, 'README.md'), 'One.');
  git('add', '.');
  git('commit', '--message', 'One');
  return { directory, git };
}

describe('the state of a repository', () => {
  it('is that of a release: main, and nothing changed', () => {
    const { directory, git } = repository();
    const head = git('rev-parse', 'HEAD');
    expect(readGitState(directory)).toEqual({ changed: [], head, branch: 'main', main: head, tags: [] });
  });

  it('names changed and new files, and tags', () => {
    const { directory, git } = repository();
    git('tag', 'v1.0.0');
    writeFileSync(join(directory, 'README.md'), 'Two.');
    writeFileSync(join(directory, 'new.txt'), 'New.');
    expect(readGitState(directory)).toMatchObject({ changed: ['README.md', 'new.txt'], tags: ['v1.0.0'] });
  });

  it('has the main of origin, where there is one, and no branch in the checkout of a CI', () => {
    const { directory, git } = repository();
    const first = git('rev-parse', 'HEAD');
    git('update-ref', 'refs/remotes/origin/main', first);
    git('commit', '--allow-empty', '--message', 'Two');
    git('checkout', '--detach');
    const state = readGitState(directory);
    expect(state).toMatchObject({ head: git('rev-parse', 'HEAD'), main: first });
    expect(state).not.toHaveProperty('branch');
  });
});
