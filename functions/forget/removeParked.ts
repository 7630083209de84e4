import type { LedgerTable } from '../ledger/ledgerTable.ts';
import { parkedKey, parkedRun } from '../ledger/parkedItem.ts';
import { ParkedRuns } from '../ledger/parkedRuns.ts';
import { runKeyPrefix } from '../ledger/runLease.ts';
import { canBeEnded, isOpen } from './planForget.ts';

/** A run item that will be ended or cleared, and the parts of its parked message. */
interface ForgottenRun {
  readonly pk: string;
  readonly parkedParts: readonly string[];
}

/**
 * Removes the message of a parked run, before its run item is ended or cleared: that item is what finds it. The run is read
 * again, because a message that is deleted while its run goes on would be lost.
 *
 * @returns `false` if the run has begun again, or was parked again, since it was read
 */
export async function removeParked(
  table: LedgerTable,
  { pk, parkedParts }: ForgottenRun,
  nowMs: number,
): Promise<boolean> {
  const runId = pk.slice(runKeyPrefix.length);
  const key = parkedKey(runId);
  const items = await table.read([pk, key]);
  const run = items.get(pk);
  const parked = items.get(key);
  if (parked !== undefined) {
    if (run !== undefined && isOpen(run) && !canBeEnded(run, nowMs)) {
      return false;
    }
    const isUnparked = await new ParkedRuns(table).unpark(runId, parkedRun(parked).number);
    if (!isUnparked && (await table.read([key])).has(key)) {
      return false;
    }
  }
  for (const part of parkedParts) {
    await table.delete({ pk: part });
  }
  return true;
}
