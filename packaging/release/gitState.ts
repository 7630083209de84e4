import { execFileSync } from 'node:child_process';

/** The state of the repository, as far as a release depends on it. */
export interface GitState {
  /** Files that differ from the last commit, and new ones. */
  readonly changed: readonly string[];
  /** The commit that is checked out. */
  readonly head: string;
  /** Absent if no branch is checked out, as in a CI. */
  readonly branch?: string;
  /** The commit of `main`, at origin if there is one. */
  readonly main?: string;
  readonly tags: readonly string[];
}

/** Reads the state of the repository in a directory. It asks no server. */
export function readGitState(directory: string): GitState {
  const git = (...args: string[]): string =>
    execFileSync('git', args, {
      cwd: directory,
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'pipe'],
    }).trimEnd();
  const optional = (...args: string[]): string | undefined => {
    try {
      return git(...args);
    } catch {
      return undefined;
    }
  };
  const commitOf = (ref: string): string | undefined =>
    optional('rev-parse', '--verify', '--quiet', `${ref}^{commit}`);
  const branch = optional('symbolic-ref', '--short', '--quiet', 'HEAD');
  const main = commitOf('refs/remotes/origin/main') ?? commitOf('refs/heads/main');
  return {
    changed: lines(git('status', '--porcelain')).map((line) => line.slice(3)),
    head: git('rev-parse', 'HEAD'),
    tags: lines(git('tag', '--list')),
    ...(branch === undefined ? {} : { branch }),
    ...(main === undefined ? {} : { main }),
  };
}

function lines(text: string): readonly string[] {
  return text.split('\n').filter((line) => line !== '');
}
