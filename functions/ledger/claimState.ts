/** A claim as the ledger holds it. */
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
 * What a claim found in one's way means:
 * `mine`: one's own earlier attempt had reached the ledger; `duplicate`: the event is queued already;
 * `busy`: somebody is at it and may yet fail; `free`: its owner died, or it has outlived its time.
 */
export type ClaimVerdict = 'mine' | 'duplicate' | 'busy' | 'free';

/** Judges the claim that refused ours. Time to live is checked here too, since its deletion lags by hours. */
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

/**
 * What came of an attempt at a claim, as its event goes by it. `unavailable`: the ledger does not answer, and the event is
 * queued unclaimed.
 */
export type ClaimOutcome = 'claimed' | 'duplicate' | 'busy' | 'unavailable';

/** `free` right after a refusal means that the claim changed hands in between: somebody is at it. */
export function claimOutcome(verdict: ClaimVerdict): Exclude<ClaimOutcome, 'unavailable'> {
  const outcomes = { mine: 'claimed', duplicate: 'duplicate', busy: 'busy', free: 'busy' } as const;
  return outcomes[verdict];
}
