import { describe, expect, it } from 'vitest';
import { publishingProblems, releaseCommands } from '../../packaging/release/publishing.ts';

const manifest = {
  name: 'mavera-triggers',
  version: '0.4.0',
  repository: { type: 'git', url: 'git+https://example.com/acme/mavera-triggers.git' },
};
const inGitHub = { GITHUB_ACTIONS: 'true', ACTIONS_ID_TOKEN_REQUEST_URL: 'https://example.com/token' };

describe('publishing with provenance', () => {
  it.each([
    ['GitHub Actions', inGitHub],
    ['GitLab CI', { GITLAB_CI: 'true', SIGSTORE_ID_TOKEN: 'eyJ…' }],
  ])('is possible in a job of %s that may have an identity token', (_, environment) => {
    expect(publishingProblems(manifest, environment)).toEqual([]);
  });

  it.each([
    ['this machine', {}, 'Run the release there'],
    ['another CI', { CI: 'true' }, 'Run the release there'],
    ['GitHub Actions without the permission', { GITHUB_ACTIONS: 'true' }, 'permissions: id-token: write'],
    ['GitLab CI without the token', { GITLAB_CI: 'true' }, 'id_tokens'],
  ])('is not possible in %s, and the fix is named', (_, environment, fix) => {
    const problems = publishingProblems(manifest, environment);
    expect(problems).toHaveLength(1);
    expect(problems[0]).toContain(fix);
  });

  it('is not possible for a private package, or one without a repository', () => {
    const { repository, ...without } = manifest;
    expect(publishingProblems({ ...without, private: true }, inGitHub)).toEqual([
      expect.stringContaining('"private": true'),
      expect.stringContaining('no "repository"'),
    ]);
    expect(publishingProblems({ ...without, repository: 'github:acme/app' }, inGitHub)).toEqual([]);
  });
});

it('a release tags the commit, publishes the tarball with provenance, and pushes the tag last', () => {
  const commands = releaseCommands(manifest, 'release/mavera-triggers-0.4.0.tgz');
  expect(commands.map((words) => words.join(' '))).toEqual([
    'git tag v0.4.0',
    'npm publish release/mavera-triggers-0.4.0.tgz --provenance --access public',
    'git push origin v0.4.0',
  ]);
});
