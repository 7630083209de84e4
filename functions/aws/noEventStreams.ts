/**
 * Replaces `@smithy/core/event-streams` in the bundles (an esbuild alias): 20 KB for operations that stream, and we use
 * none of those.
 */
export {};
