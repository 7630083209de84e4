/** What the release needs of `package.json`. */
export interface Manifest {
  readonly name: string;
  readonly version: string;
  readonly private?: boolean;
  readonly repository?: string | { readonly url?: string };
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
}

type Environment = Readonly<Record<string, string | undefined>>;

/** The name of a version's tag. */
export function tagOf(version: string): string {
  return `v${version}`;
}

/**
 * The commands that release a tarball, each as its words. Provenance is a signed statement of the commit and the build that
 * it comes from. The tag is pushed last, so a release that npm refuses can be tried again.
 */
export function releaseCommands(
  { version }: Pick<Manifest, 'version'>,
  tarball: string,
): readonly string[][] {
  const tag = tagOf(version);
  return [
    ['git', 'tag', tag],
    ['npm', 'publish', tarball, '--provenance', '--access', 'public'],
    ['git', 'push', 'origin', tag],
  ];
}

/**
 * Why npm could not publish with provenance. npm asks the CI for an identity token (OIDC) and signs with it; npm 11 knows
 * GitHub Actions and GitLab CI. Source: npm's libnpmpublish, `ensureProvenanceGeneration`.
 *
 * @returns a sentence with the fix for each; none if it can
 */
export function publishingProblems(manifest: Manifest, environment: Environment): readonly string[] {
  return [...manifestProblems(manifest), ...identityProblems(environment)];
}

function manifestProblems({ private: isPrivate, repository }: Manifest): readonly string[] {
  const url = typeof repository === 'string' ? repository : repository?.url;
  return [
    ...(isPrivate
      ? ['package.json says "private": true, and npm publishes no such package. Remove it.']
      : []),
    ...(url
      ? []
      : [
          'package.json has no "repository". npm accepts provenance only if it names the repository that the CI builds from. Add it.',
        ]),
  ];
}

function identityProblems(environment: Environment): readonly string[] {
  if (environment.GITHUB_ACTIONS === 'true') {
    return environment.ACTIONS_ID_TOKEN_REQUEST_URL
      ? []
      : [
          'This job of GitHub Actions may not ask for an identity token. Give it "permissions: id-token: write".',
        ];
  }
  if (environment.GITLAB_CI === 'true') {
    return environment.SIGSTORE_ID_TOKEN
      ? []
      : [
          'This job of GitLab CI has no SIGSTORE_ID_TOKEN. Add it to its "id_tokens" with the audience "sigstore".',
        ];
  }
  return [
    'This is not a job of GitHub Actions or GitLab CI, and only there npm can get the identity token that provenance is signed with. Run the release there (docs/versions.md).',
  ];
}
