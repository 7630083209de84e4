import type { ClaimOptions } from '../ledger/claimAttempt.ts';
import type { ClaimOutcome } from '../ledger/claimState.ts';
import type { Claims } from '../ledger/claims.ts';
import type { RunQueue } from '../queue/runQueue.ts';
import type { WantedEvent } from './sortEvents.ts';

/** How long the claims may take to be marked or given up, whatever time is left for the answer. */
const closingMs = 1_000;

/** What became of the wanted events of one request, by event. */
export interface QueuedEvents {
  readonly queued: readonly WantedEvent[];
  readonly duplicates: readonly WantedEvent[];
  /** Somebody else holds the claim and may yet fail: the sender must try again. */
  readonly busy: readonly WantedEvent[];
  /** Not, or not wholly, in the queue: the sender must try again. */
  readonly unsent: readonly WantedEvent[];
  /** How many were queued without a claim, since the ledger did not answer. */
  readonly bypassed: number;
}

/**
 * The claim protocol: claim each event, send its runs, then mark the claim queued. A crash after any of these
 * steps loses nothing: the lease runs out and the sender's retry takes over; and nothing is run twice: the
 * runner knows a run by its id.
 */
export async function queueEvents(
  events: readonly WantedEvent[],
  terms: ClaimOptions,
  ledger: Claims,
  queue: RunQueue,
): Promise<QueuedEvents> {
  const claims = await ledger.claim(
    events.map(({ claimKey }) => claimKey),
    terms,
  );
  const withOutcome = (outcome: ClaimOutcome): readonly WantedEvent[] =>
    events.filter(({ claimKey }) => (claims.get(claimKey) ?? 'unavailable') === outcome);
  const claimed = withOutcome('claimed');
  const bypassed = withOutcome('unavailable');
  const sending = events.filter(({ claimKey }) => isToBeSent(claims.get(claimKey) ?? 'unavailable'));

  const unsentIds = await queue.send(
    sending.flatMap(({ messages }) => messages),
    terms.signal,
  );
  const isUnsent = ({ messages }: WantedEvent): boolean => messages.some(({ id }) => unsentIds.has(id));

  // Of its own: the time for the answer may have run out while the queue was slow.
  const closing = { ...terms, signal: AbortSignal.timeout(closingMs) };
  await Promise.all([
    ledger.markQueued(keysOf(claimed.filter((event) => !isUnsent(event))), closing),
    ledger.release(keysOf(claimed.filter(isUnsent)), closing),
  ]);
  return {
    queued: sending.filter((event) => !isUnsent(event)),
    duplicates: withOutcome('duplicate'),
    busy: withOutcome('busy'),
    unsent: sending.filter(isUnsent),
    bypassed: bypassed.length,
  };
}

/** Whether an event's runs are to be queued: without a claim as well, since the runner knows a run again. */
export function isToBeSent(outcome: ClaimOutcome): boolean {
  return outcome === 'claimed' || outcome === 'unavailable';
}

/** Whether the sender must send the request again: some of its events are not accounted for. */
export function mustBeRepeated({ unsent, busy }: Pick<QueuedEvents, 'unsent' | 'busy'>): boolean {
  return unsent.length > 0 || busy.length > 0;
}

function keysOf(events: readonly WantedEvent[]): readonly string[] {
  return events.map(({ claimKey }) => claimKey);
}
