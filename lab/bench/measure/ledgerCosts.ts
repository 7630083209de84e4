import { claimedMessageId } from '../ledger/storedClaim.ts';
import type { Load } from '../load/load.ts';
import { type Effort, effort } from './eventCost.ts';
import type { HandlerProcess } from './handlerProcess.ts';
import { inTurns } from './inTurns.ts';
import { mapValues } from './mapValues.ts';

/** Claims of the two ledgers that are compared. */
export const claims = { few: 1_000, many: 1_000_000 } as const;

/** A ledger, by how full it is. */
export type LedgerName = keyof typeof claims;

const batch = 1_000;
const rounds = 7;

/** What an event asks of the receiver, by the ledger behind it. */
export interface LedgerCosts {
  /** New events, sent singly. */
  readonly single: Readonly<Record<LedgerName, Effort>>;
  /** New events, in batches of 1,000. */
  readonly batch: Readonly<Record<LedgerName, Effort>>;
  /** Events that the ledger holds a claim of, in batches of 1,000. */
  readonly duplicate: Readonly<Record<LedgerName, Effort>>;
}

/** Measures receivers that differ in nothing but their ledger, in turns. */
export async function measureLedgerCosts(
  handlers: Readonly<Record<LedgerName, HandlerProcess>>,
  progress: (line: string) => void,
): Promise<LedgerCosts> {
  const measure = async (
    kind: string,
    loadFor: (name: LedgerName) => Load,
  ): Promise<Readonly<Record<LedgerName, Effort>>> => {
    progress(
      `${kind}, with ${claims.few.toLocaleString('en')} claims and with ${claims.many.toLocaleString('en')}`,
    );
    const invoke = (handler: HandlerProcess, name: LedgerName) => handler.invoke(loadFor(name));
    await inTurns(handlers, 1, invoke);
    const measured = await inTurns(handlers, rounds, invoke);
    return mapValues(measured, (results, name) => effort(loadFor(name), results));
  };
  const fresh = (requests: number, eventsPerRequest: number): Load => ({
    wantedPercent: 100,
    requests,
    eventsPerRequest,
  });
  return {
    single: await measure('single events', () => fresh(200, 1)),
    batch: await measure('a batch of 1,000 events', () => fresh(1, batch)),
    duplicate: await measure('a batch of 1,000 known events', (name) => ({
      ...fresh(1, batch),
      queuedBefore: spreadOver(claims[name]),
    })),
  };
}

/** Message ids of claims from all over a ledger. */
function spreadOver(count: number): readonly string[] {
  return Array.from({ length: batch }, (_none, index) => claimedMessageId((index * count) / batch));
}
