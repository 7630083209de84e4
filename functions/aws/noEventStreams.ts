/**
 * Takes the place of `@smithy/core/event-streams` in the bundles (an esbuild alias): 20 KB that the SDK imports when an
 * operation streams, which none of ours does.
 */
export {};
