import type { LedgerTable } from '../ledger/ledgerTable.ts';
import type { Trigger } from '../triggers/trigger.ts';
import { carryOut } from './carryOut.ts';
import { findUserData, type UserData } from './findUserData.ts';
import type { ForgottenUsers } from './forgottenUsers.ts';
import { keysOfUsers } from './keysOfUsers.ts';
import { type ForgetStep, type OpenRun, planForget } from './planForget.ts';
import { type Removed, RemovedCounts, type RemovedOfUser } from './removedCounts.ts';

/** Whom to forget, and how. */
export interface ForgetOptions {
  readonly users: ForgottenUsers;
  readonly triggers: readonly Trigger[];
  /** `false`: only find out what would be removed. */
  readonly remove: boolean;
  readonly nowMs: number;
  /** Called after each page of the scan. */
  readonly onProgress: (itemsRead: number) => void;
  /** Whether there is time left; asked before each page and each change. @default always */
  readonly hasTime?: () => boolean;
}

/** An id of a thread or persona that a trigger kept for a user. */
export interface RemovedKeptId {
  readonly trigger: string;
  readonly id: string;
}

/** What was, or would be, removed from the ledger; and what was not. */
export interface ForgottenInLedger {
  /** `false`: the time was up. Only a part was removed, or nothing if the scan did not reach the end. */
  readonly isFinished: boolean;
  readonly users: readonly RemovedOfUser[];
  /** Runs that have not ended: their data is still there. */
  readonly open: readonly OpenRun[];
  readonly keptIds: readonly RemovedKeptId[];
  /** The results, as JSON, of the users' runs that are not open. */
  readonly results: readonly string[];
}

const counted: Readonly<Record<'details' | 'collected' | 'part' | ForgetStep['kind'], Removed | undefined>> =
  {
    details: 'events',
    collected: 'events',
    part: undefined,
    'strip details': 'events',
    'clear run': 'runs',
    'end run': 'runs',
    delete: undefined,
  };

/**
 * Removes what the ledger holds of users, with one scan for all of them. A repetition removes what is left: each change
 * deletes an item, or is made only if its run has not begun again.
 */
export async function forgetInLedger(table: LedgerTable, options: ForgetOptions): Promise<ForgottenInLedger> {
  const { users, nowMs, onProgress, hasTime = () => true } = options;
  const data = await findUserData(table, users, onProgress, hasTime);
  if (data === undefined) {
    const counts = new RemovedCounts(users.ids).all();
    return { isFinished: false, users: counts, open: [], keptIds: [], results: [] };
  }
  const counts = new RemovedCounts(users.ids);
  const plan = planForget(users, data, nowMs);
  const keptIds = await forgetKeys(table, options, data, counts);
  const begun = await carryOutSteps(table, options, plan.steps, counts);
  const planned = new Set(plan.open.map(({ runId }) => runId));
  return {
    isFinished: begun !== undefined,
    users: counts.all(),
    open: [...plan.open, ...(begun ?? [])],
    keptIds,
    results: [...data.runs].flatMap(([runId, { result }]) =>
      planned.has(runId) || result?.S === undefined ? [] : [result.S],
    ),
  };
}

/** @returns the runs that have begun again meanwhile; `undefined` if the time was up before the last step */
async function carryOutSteps(
  table: LedgerTable,
  { remove, nowMs, hasTime = () => true }: ForgetOptions,
  steps: readonly ForgetStep[],
  counts: RemovedCounts,
): Promise<readonly OpenRun[] | undefined> {
  const begun: OpenRun[] = [];
  for (const step of steps) {
    if (!hasTime()) {
      return undefined;
    }
    if (!remove || (await carryOut(table, step, nowMs))) {
      const what = counted[step.kind === 'delete' ? step.what : step.kind];
      if (what !== undefined) {
        counts.add(step.users, what);
      }
    } else {
      begun.push({ runId: step.pk.slice(step.pk.indexOf('#') + 1), users: step.users });
    }
  }
  return begun;
}

/** Deletes the cooldowns, threads and personas of users' keys. @returns the latter: Mavera keeps them */
async function forgetKeys(
  table: LedgerTable,
  { users, triggers, remove }: ForgetOptions,
  data: UserData,
  counts: RemovedCounts,
): Promise<readonly RemovedKeptId[]> {
  const keys = keysOfUsers(users.ids, triggers, data);
  const items = await table.read(keys.map(({ pk }) => pk));
  const keptIds: RemovedKeptId[] = [];
  for (const { pk, what, user, trigger } of keys) {
    const item = items.get(pk);
    if (item === undefined) {
      continue;
    }
    if (what === 'kept' && item.id?.S !== undefined) {
      keptIds.push({ trigger, id: item.id.S });
    }
    if (remove) {
      await table.delete({ pk });
    }
    counts.add([user], what === 'kept' ? 'keptIds' : 'cooldowns');
  }
  return keptIds;
}
