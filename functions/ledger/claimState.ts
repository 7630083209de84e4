/** A claim as the ledger has it. */
export interface ClaimItem {
  /** `claiming` until every run of the event is in the queue, then `queued`. */
  readonly state: 'claiming' | 'queued';
  /** Random, one per request. */
  readonly owner: string;
  /** Until when the owner may still be at work, in epoch milliseconds. */
  readonly leaseUntilMs: number;
  /** Until when the event counts as seen, in epoch seconds; the table's TTL attribute. */
  readonly expiresAtSeconds: number;
}

/**
 * What a claim that refused ours means.
 * `mine`: our own earlier attempt had reached the ledger; `duplicate`: the event is queued already; `busy`: another
 * request is queueing it and may yet fail; `free`: its owner died, or it has expired.
 */
export type ClaimVerdict = 'mine' | 'duplicate' | 'busy' | 'free';

/** Judges the claim that refused ours. Its expiry is checked here too, because DynamoDB deletes items hours later. */
export function judgeClaim(found: ClaimItem, owner: string, nowMs: number): ClaimVerdict {
  if (found.owner === owner) {
    return 'mine';
  }
  if (found.expiresAtSeconds * 1000 <= nowMs) {
    return 'free';
  }
  if (found.state === 'queued') {
    return 'duplicate';
  }
  return found.leaseUntilMs > nowMs ? 'busy' : 'free';
}

/** What came of an attempt at a claim. `unavailable`: the ledger does not answer, and the event is queued unclaimed. */
export type ClaimOutcome = 'claimed' | 'duplicate' | 'busy' | 'unavailable';

/** `free` right after a refusal means that the claim changed hands meanwhile: another request has it. */
export function claimOutcome(verdict: ClaimVerdict): Exclude<ClaimOutcome, 'unavailable'> {
  const outcomes = { mine: 'claimed', duplicate: 'duplicate', busy: 'busy', free: 'busy' } as const;
  return outcomes[verdict];
}
