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

/** Reads the dispatcher's report. Lanes that it does not have, or all if it is old, are read and counted. */
export async function readParking(ledger: Ledger, nowMs: number): Promise<ParkingStatus> {
  const table = new LedgerTable(ledger.dynamodb, ledger.tableName);
  const dispatcher = new DispatcherState(table);
  const parkedRuns = new ParkedRuns(table);
  const [{ aliveAtMs, parkingOffUntilMs, waiting }, report] = await Promise.all([
    dispatcher.view(),
    dispatcher.readReport(),
  ]);
  const isRecent = report !== undefined && nowMs - report.atMs <= dispatcherLifetimeMs;
  const known = isRecent ? report.lanes : [];
  // Runs may have been parked in further lanes since the last pass.
  const further = isRecent
    ? [...waiting].filter((name) => known.every(({ lane }) => lane !== name))
    : await parkedRuns.lanes();
  const lanes = [...known, ...(await countLanes(further, parkedRuns, nowMs))];
  return {
    dispatcherAliveAtMs: aliveAtMs,
    parkingOffUntilMs,
    lanes: lanes.filter(({ count }) => count > 0),
  };
}

async function countLanes(
  names: readonly string[],
  parkedRuns: ParkedRuns,
  nowMs: number,
): Promise<readonly LaneReport[]> {
  const reports: LaneReport[] = [];
  for (const lane of names) {
    const [[oldest], count] = await Promise.all([parkedRuns.oldest(lane, 1), parkedRuns.count(lane)]);
    reports.push({ lane, count, isExact: true, countedAtMs: nowMs, oldestMs: oldest?.orderMs ?? nowMs });
  }
  return reports;
}
