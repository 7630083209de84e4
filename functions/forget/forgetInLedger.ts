import type { LedgerTable } from '../ledger/ledgerTable.ts';
import type { Trigger } from '../triggers/trigger.ts';
import { carryOut } from './carryOut.ts';
import { findUserData } from './findUserData.ts';
import type { ForgottenUsers } from './forgottenUsers.ts';
import { keysOfUsers } from './keysOfUsers.ts';
import { type DeletedItems, type ForgetStep, type OpenRun, planForget } from './planForget.ts';
import type { OpenPull } from './pullStates.ts';
import { readInTime } from './readInTime.ts';
import { type Removed, RemovedCounts, type RemovedOfUser } from './removedCounts.ts';
import type { UserData } from './userData.ts';

/** Whom to forget, and how. */
export interface ForgetOptions {
  readonly users: ForgottenUsers;
  readonly triggers: readonly Trigger[];
  /** `false`: only find out what would be removed. */
  readonly remove: boolean;
  readonly nowMs: number;
  /** Called after each page of the scan. */
  readonly onProgress: (itemsRead: number) => void;
  /** Whether there is time left; asked before each read and each change. @default always */
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
  /** Pulls at work whose state names users: the state stays until their occurrence has ended. */
  readonly pulls: readonly OpenPull[];
  readonly keptIds: readonly RemovedKeptId[];
  /** Ids of work at Mavera that users' dead-lettered runs were waiting for. */
  readonly pendingIds: readonly string[];
  /** The results, as JSON, of the users' runs that are not open. */
  readonly results: readonly string[];
}

const counted: Readonly<Record<DeletedItems | Exclude<ForgetStep['kind'], 'delete'>, Removed | undefined>> = {
  details: 'events',
  collected: 'events',
  lookup: undefined,
  'torn part': undefined,
  'forget seen': undefined,
  'strip details': 'events',
  'clear run': 'runs',
  'end run': 'runs',
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
    const none = { open: [], pulls: [], keptIds: [], pendingIds: [], results: [] };
    return { isFinished: false, users: counts, ...none };
  }
  const counts = new RemovedCounts(users.ids);
  const plan = planForget(users, data, nowMs);
  const keptIds = await forgetKeys(table, options, data, counts);
  const begun = keptIds && (await carryOutSteps(table, options, plan.steps, counts));
  const open = new Set(plan.open.map(({ runId }) => runId));
  const ofClosed = [...data.runs].flatMap(([runId, run]) => (open.has(runId) ? [] : [run]));
  return {
    isFinished: begun !== undefined,
    users: counts.all(),
    open: [...plan.open, ...(begun ?? [])],
    pulls: data.pulls,
    keptIds: keptIds ?? [],
    pendingIds: ofClosed.flatMap(({ pending }) => pending?.S ?? []),
    results: ofClosed.flatMap(({ result }) => result?.S ?? []),
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
    const isMade = !remove || (await carryOut(table, step, nowMs));
    if (!isMade && step.kind !== 'delete' && step.kind !== 'forget seen') {
      begun.push({ runId: step.pk.slice(step.pk.indexOf('#') + 1), users: step.users });
      continue;
    }
    const what = counted[step.kind === 'delete' ? step.what : step.kind];
    if (what !== undefined) {
      counts.add(step.users, what);
    }
  }
  return begun;
}

/**
 * Deletes the cooldowns, threads and personas of users' keys.
 *
 * @returns the threads and personas, which Mavera keeps; `undefined` if the time was up before the last key
 */
async function forgetKeys(
  table: LedgerTable,
  { users, triggers, remove, hasTime = () => true }: ForgetOptions,
  data: UserData,
  counts: RemovedCounts,
): Promise<readonly RemovedKeptId[] | undefined> {
  const keys = keysOfUsers(users.ids, triggers, data);
  const items = await readInTime(
    table,
    keys.map(({ pk }) => pk),
    hasTime,
  );
  if (items === undefined) {
    return undefined;
  }
  const keptIds: RemovedKeptId[] = [];
  for (const { pk, what, user, trigger } of keys) {
    const item = items.get(pk);
    if (item === undefined) {
      continue;
    }
    if (!hasTime()) {
      return undefined;
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
