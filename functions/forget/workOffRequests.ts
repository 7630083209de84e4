import type { LedgerTable } from '../ledger/ledgerTable.ts';
import type { Trigger } from '../triggers/trigger.ts';
import { forgetInLedger } from './forgetInLedger.ts';
import { ForgottenUsers } from './forgottenUsers.ts';
import { usersWhoWait } from './planForget.ts';
import { deleteForgetRequest, readForgetRequests } from './recordedRequests.ts';
import type { Removed } from './removedCounts.ts';

/** The most users of one scan: their data is kept in memory until it is removed. */
export const mostUsers = 10_000;

/** When and with what requests are worked off. */
export interface WorkOffOptions {
  readonly triggers: readonly Trigger[];
  readonly nowMs: number;
  /** Whether there is time left; asked before each read of the ledger and each change. */
  readonly hasTime: () => boolean;
}

/** What was done. It holds no id and no personal data. */
export interface WorkedOff {
  /** Users whose data is gone, and whose requests are deleted. */
  readonly forgotten: number;
  /** Requests that stay: a run of their user, or a pull that names them, is at work, the time was up, or they were made once more meanwhile. */
  readonly kept: number;
  /** `false`: the time was up before all was removed. */
  readonly isFinished: boolean;
  readonly itemsRead: number;
  readonly removed: Readonly<Record<Removed, number>>;
}

/** Works off the recorded requests with one scan of the ledger. Without a request nothing is scanned. */
export async function workOffRequests(table: LedgerTable, options: WorkOffOptions): Promise<WorkedOff> {
  const requests = await readForgetRequests(table);
  if (requests.length === 0) {
    return { forgotten: 0, kept: 0, isFinished: true, itemsRead: 0, removed: totalOf([]) };
  }
  const taken = requests.slice(0, mostUsers);
  let itemsRead = 0;
  const { isFinished, open, pulls, users } = await forgetInLedger(table, {
    ...options,
    users: new ForgottenUsers(taken.map(({ userId }) => userId)),
    remove: true,
    onProgress: (items) => {
      itemsRead = items;
    },
  });
  const waiting = usersWhoWait({ open, pulls });
  let forgotten = 0;
  let isInTime = isFinished;
  for (const request of taken) {
    isInTime &&= options.hasTime();
    if (isInTime && !waiting.has(request.userId) && (await deleteForgetRequest(table, request))) {
      forgotten += 1;
    }
  }
  return {
    forgotten,
    kept: requests.length - forgotten,
    isFinished: isInTime,
    itemsRead,
    removed: totalOf(users),
  };
}

function totalOf(users: readonly Readonly<Record<Removed, number>>[]): Readonly<Record<Removed, number>> {
  const total = { runs: 0, events: 0, keptIds: 0, cooldowns: 0 };
  for (const { runs, events, keptIds, cooldowns } of users) {
    total.runs += runs;
    total.events += events;
    total.keptIds += keptIds;
    total.cooldowns += cooldowns;
  }
  return total;
}
