import { DispatcherState, type LaneReport } from '../../../functions/ledger/dispatcherState.ts';
import { LedgerTable } from '../../../functions/ledger/ledgerTable.ts';
import { ParkedRuns } from '../../../functions/ledger/parkedRuns.ts';
import type { Ledger } from '../deployment/deployment.ts';

/** A dispatcher that has finished no pass for so long counts as dead, also for the runner: it then parks nothing. */
export const dispatcherLifetimeMs = 3 * 60_000;

/** The dispatcher, and the runs that are parked. Times are epoch milliseconds. */
export interface ParkingStatus {
  /** When the dispatcher last finished a pass; 0 if it never did. */
  readonly dispatcherAliveAtMs: number;
  /** Until when an operator lets no run be parked or dispatched; in the past if none does. */
  readonly parkingOffUntilMs: number;
  /** The lanes in which runs are parked. */
  readonly lanes: readonly LaneReport[];
}

/** Reads the dispatcher's report. If there is no recent one, the lanes themselves are read and counted. */
export async function readParking(ledger: Ledger, nowMs: number): Promise<ParkingStatus> {
  const table = new LedgerTable(ledger.dynamodb, ledger.tableName);
  const dispatcher = new DispatcherState(table);
  const [{ aliveAtMs, parkingOffUntilMs }, report] = await Promise.all([
    dispatcher.view(),
    dispatcher.readReport(),
  ]);
  const isRecent = report !== undefined && nowMs - report.atMs <= dispatcherLifetimeMs;
  const lanes = isRecent ? report.lanes : await countLanes(new ParkedRuns(table), nowMs);
  return {
    dispatcherAliveAtMs: aliveAtMs,
    parkingOffUntilMs,
    lanes: lanes.filter(({ count }) => count > 0),
  };
}

async function countLanes(parkedRuns: ParkedRuns, nowMs: number): Promise<readonly LaneReport[]> {
  const reports: LaneReport[] = [];
  for (const lane of await parkedRuns.lanes()) {
    const [[oldest], count] = await Promise.all([parkedRuns.oldest(lane, 1), parkedRuns.count(lane)]);
    reports.push({ lane, count, isExact: true, countedAtMs: nowMs, oldestMs: oldest?.orderMs ?? nowMs });
  }
  return reports;
}
