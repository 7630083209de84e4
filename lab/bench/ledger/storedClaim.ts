import { claimKey, messageKey } from '../../../functions/ledger/keys.ts';

/** An item as DynamoDB's exports and its API write it. */
export type StoredItem = Readonly<Record<string, { readonly S: string } | { readonly N: string }>>;

/** Epoch seconds; claims are kept for days, and none of these is to run out meanwhile. */
const expiresAtSeconds = 4_000_000_000;
const owner = '6f1d2c0e-98a3-4b7e-9c55-0a1b2c3d4e5f';

/** Message id of the event that the claim with this number stands for. */
export function claimedMessageId(index: number): string {
  return `bench-claimed-${index}`;
}

/** The claim on an event that was queued, as the receiver leaves it in the ledger. */
export function storedClaim(index: number): StoredItem {
  const messageId = claimedMessageId(index);
  const identity = { source: 'segment', route: 'default', messageId, element: undefined } as const;
  return {
    pk: { S: claimKey(identity, messageKey(identity)) },
    state: { S: 'queued' },
    owner: { S: owner },
    leaseUntilMs: { N: '1700000000000' },
    expiresAt: { N: String(expiresAtSeconds) },
  };
}
