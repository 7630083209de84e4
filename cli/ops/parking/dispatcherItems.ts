import { dispatcherKey } from '../../../functions/ledger/dispatcherState.ts';
import { type LedgerTable, number } from '../../../functions/ledger/ledgerTable.ts';

const reportKey = 'dispatcherReport';

/** What the dispatcher knows of a lane. */
export interface LaneReport {
  readonly lane: string;
  /** Why it waits as a whole; absent if its runs only wait for their turns. */
  readonly reason?: string | undefined;
  readonly count: number;
  /** Whether nothing was left out in counting. */
  readonly isExact: boolean;
  readonly countedAtMs: number;
  /** The place of its first run: when that run's event arrived, or until when it waits. */
  readonly oldestMs: number;
  /** When the next of its runs goes. */
  readonly nextSlotAtMs?: number | undefined;
}

/** What one pass of the dispatcher has found. */
export interface DispatchReport {
  readonly atMs: number;
  readonly lanes: readonly LaneReport[];
}

/** What operators see of the dispatcher. Times are epoch milliseconds. */
export interface DispatcherItems {
  /** When it last finished a pass; 0 if it never did. */
  readonly aliveAtMs: number;
  /** Until when an operator lets no run be parked; 0 if none does. */
  readonly parkingOffUntilMs: number;
  /** Absent if no pass has written one. */
  readonly report?: DispatchReport | undefined;
}

export async function readDispatcher(table: LedgerTable): Promise<DispatcherItems> {
  const items = await table.read([dispatcherKey, reportKey]);
  const item = items.get(dispatcherKey);
  return {
    aliveAtMs: Number(item?.aliveAtMs?.N ?? 0),
    parkingOffUntilMs: Number(item?.parkingOffUntilMs?.N ?? 0),
    report: parsed(items.get(reportKey)?.report?.S) as DispatchReport | undefined,
  };
}

export async function setParkingOff(table: LedgerTable, untilMs: number): Promise<void> {
  await table.update({
    pk: dispatcherKey,
    change: 'SET #parkingOffUntilMs = :until',
    values: { ':until': number(untilMs) },
  });
}

function parsed(json: string | undefined): unknown {
  try {
    return json === undefined ? undefined : JSON.parse(json);
  } catch {
    return undefined;
  }
}
