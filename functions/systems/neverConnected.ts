import { subscribe } from 'node:diagnostics_channel';

/**
 * Errors of connections that could not be made: name resolution, TCP and the TLS handshake. fetch tells of each on this
 * channel, before it has sent anything, and then rejects with the same error as `cause`. Codes do not tell: an
 * ECONNRESET may come during the handshake or in the middle of a request.
 * Source: undici, "Diagnostics Channel Support".
 */
const connectErrors = new WeakSet<object>();

subscribe('undici:client:connectError', (message) => {
  const { error } = message as { readonly error?: unknown };
  if (typeof error === 'object' && error !== null) {
    connectErrors.add(error);
  }
});

/** System calls that come before anything is sent. */
const beforeSending: ReadonlySet<unknown> = new Set(['connect', 'getaddrinfo']);

/**
 * Whether fetch failed before there was a connection, so that nothing was sent.
 *
 * @param error what fetch rejected with
 */
export function neverConnected(error: unknown): boolean {
  const cause = error instanceof Error ? error.cause : undefined;
  if (!(cause instanceof Error)) {
    return false;
  }
  // Node has an AggregateError only for a connection that failed at every address of the host.
  const failedToConnect = cause instanceof AggregateError || connectErrors.has(cause);
  return failedToConnect || ('syscall' in cause && beforeSending.has(cause.syscall));
}
