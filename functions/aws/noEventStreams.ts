/**
 * Replaces `@smithy/core/event-streams` in the bundles (an esbuild alias): 20 KB for operations that stream events, and we
 * use none of those. The client of S3 asks for these two when it is created.
 */
export function resolveEventStreamSerdeConfig<Config>(config: Config): Config {
  return config;
}

export function eventStreamSerdeProvider(): undefined {
  return undefined;
}
