import { chunk, mapConcurrently } from '../../../functions/aws/mapConcurrently.ts';
import { LedgerTable } from '../../../functions/ledger/ledgerTable.ts';
import type { ParkedRun } from '../../../functions/ledger/parkedItem.ts';
import { ParkedRuns } from '../../../functions/ledger/parkedRuns.ts';
import { runKey } from '../../../functions/ledger/runLease.ts';
import type { Ledger } from '../deployment/deployment.ts';
import { type LaneSelection, lanesOfTrigger, selectedPages } from './laneSelection.ts';

const itemsPerCall = 100;
const callsAtOnce = 8;

/** A parked run for lists. Times are epoch milliseconds. */
export interface ParkedEntry extends ParkedRun {
  /** Since when it waits for its present reason; absent if its run item is gone. */
  readonly sinceMs?: number | undefined;
  readonly reason?: string | undefined;
}

/**
 * The parked runs that come first, in the order of their places.
 *
 * @param trigger only its runs; absent for those of all lanes
 */
export async function readParkedList(
  ledger: Ledger,
  trigger: string | undefined,
  limit: number,
): Promise<readonly ParkedEntry[]> {
  const table = new LedgerTable(ledger.dynamodb, ledger.tableName);
  const parkedRuns = new ParkedRuns(table);
  const lanes =
    trigger === undefined ? (await parkedRuns.lanes()).map((lane) => ({ lane })) : lanesOfTrigger(trigger);
  let first: readonly ParkedRun[] = [];
  for (const lane of lanes) {
    first = [...first, ...(await firstOf(parkedRuns, lane, limit))]
      .sort((a, b) => a.orderMs - b.orderMs)
      .slice(0, limit);
  }
  return await withRunItems(table, first);
}

async function firstOf(
  parkedRuns: ParkedRuns,
  selection: LaneSelection,
  limit: number,
): Promise<readonly ParkedRun[]> {
  if (selection.trigger === undefined) {
    return await parkedRuns.oldest(selection.lane, limit);
  }
  const ofShards = selectedPages(parkedRuns, selection).map(async (pages) => {
    const found: ParkedRun[] = [];
    for await (const page of pages) {
      found.push(...page);
      if (found.length >= limit) {
        break;
      }
    }
    return found;
  });
  return (await Promise.all(ofShards)).flat();
}

async function withRunItems(table: LedgerTable, runs: readonly ParkedRun[]): Promise<readonly ParkedEntry[]> {
  const entries = await mapConcurrently(chunk(runs, itemsPerCall), callsAtOnce, async (some) => {
    const items = await table.read(some.map(({ runId }) => runKey(runId)));
    return some.map((run): ParkedEntry => {
      const item = items.get(runKey(run.runId));
      const sinceMs = item?.updatedAtMs?.N === undefined ? undefined : Number(item.updatedAtMs.N);
      return { ...run, sinceMs, reason: item?.reason?.S };
    });
  });
  return entries.flat();
}
