/** What belongs in the package: each path matches one of these. */
const expected: readonly RegExp[] = [
  /^(?:package\.json|README\.md|CHANGELOG\.md|LICENSE|cdk\.json)$/,
  /^dist\/(?:functions|infra|testing)\/.+\.(?:js|js\.map|d\.ts)$/,
  /^dist\/(?:cli|local|simulators)\/.+\.(?:m?js|d\.ts)$/,
  /^examples\/(?:README\.md|triggers\.ts|(?:segops\/|sendgrid\/)?[\w-]+\.ndjson)$/,
  /^examples\/recipes\/[\w-]+\.(?:ts|csv)$/,
  /^docs\/recipes(?:\.md|\/[\w-]+\.md)$/,
];

/** The paths that do not belong in the package. */
export function unexpectedFiles(paths: readonly string[]): readonly string[] {
  return paths.filter((path) => !expected.some((pattern) => pattern.test(path)));
}
