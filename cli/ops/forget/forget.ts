import { LedgerTable } from '../../../functions/ledger/ledgerTable.ts';
import type { Trigger } from '../../../functions/triggers/trigger.ts';
import { eachDeadLetters } from '../deadLetters/receiveDeadLetters.ts';
import type { Deployment } from '../deployment/deployment.ts';
import { carryOut, deleteItem } from './carryOut.ts';
import { findUserData, type UserData } from './findUserData.ts';
import { ForgetCounts, type ForgetResult, type Removed } from './forgetReport.ts';
import type { ForgottenUsers } from './forgottenUsers.ts';
import { keysOfUsers } from './keysOfUsers.ts';
import { type ForgetPlan, type ForgetStep, planForget } from './planForget.ts';
import { type WorkAtMavera, workOfKeptId, workOfResult } from './workAtMavera.ts';

/** Whom to forget, and how. */
export interface ForgetOptions {
  readonly users: ForgottenUsers;
  readonly triggers: readonly Trigger[];
  /** `false`: only find out what would be removed. */
  readonly remove: boolean;
  readonly nowMs: number;
  /** Called after each page of the scan. */
  readonly onProgress: (itemsRead: number) => void;
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

/** Removes what the ledger and the dead-letter queue hold of users, with one scan for all of them. */
export async function forget(deployment: Deployment, options: ForgetOptions): Promise<ForgetResult> {
  const { users, remove, nowMs, onProgress } = options;
  const counts = new ForgetCounts(users.ids);
  const data = await findUserData(deployment, users, onProgress);
  const plan = planForget(users, data, nowMs);
  const kept = await forgetKeys(deployment, options, data, counts);
  await forgetDeadLetters(deployment, options, counts);
  const openRuns = plan.open.map(({ runId }) => runId);
  for (const step of plan.steps) {
    if (!remove || (await carryOut(deployment, step, nowMs))) {
      const what = counted[step.kind === 'delete' ? step.what : step.kind];
      if (what !== undefined) {
        counts.add(step.users, what);
      }
    } else {
      openRuns.push(step.pk.slice(step.pk.indexOf('#') + 1));
    }
  }
  return {
    removed: remove,
    users: counts.all(),
    openRuns: [...new Set(openRuns)],
    atMavera: distinct([...kept, ...workOfRuns(data, plan)]),
  };
}

/** Deletes the cooldowns, threads and personas of users' keys. @returns the latter: Mavera keeps them */
async function forgetKeys(
  deployment: Deployment,
  { users, triggers, remove }: ForgetOptions,
  data: UserData,
  counts: ForgetCounts,
): Promise<readonly WorkAtMavera[]> {
  const keys = keysOfUsers(users.ids, triggers, data);
  const items = await new LedgerTable(deployment.dynamodb, deployment.tableName).read(
    keys.map(({ pk }) => pk),
  );
  const works: WorkAtMavera[] = [];
  for (const { pk, what, user, trigger } of keys) {
    const item = items.get(pk);
    if (item === undefined) {
      continue;
    }
    if (what === 'kept' && item.id?.S !== undefined) {
      const action = triggers.find(({ name }) => name === trigger)?.run.kind;
      works.push(workOfKeptId(action, item.id.S));
    }
    if (remove) {
      await deleteItem(deployment, pk);
    }
    counts.add([user], what === 'kept' ? 'keptIds' : 'cooldowns');
  }
  return works;
}

async function forgetDeadLetters(
  deployment: Deployment,
  { users, remove }: ForgetOptions,
  counts: ForgetCounts,
): Promise<void> {
  await eachDeadLetters(deployment, async (letters, removeLetters) => {
    const ofUsers = letters.flatMap((letter) => {
      const user = users.ofEvent(letter.message?.event);
      return user === undefined ? [] : [{ letter, user }];
    });
    if (remove && ofUsers.length > 0) {
      await removeLetters(ofUsers.map(({ letter }) => letter));
    }
    for (const { user } of ofUsers) {
      counts.add([user], 'deadLetters');
    }
    return 'go on';
  });
}

/** Of open runs nothing is listed: their work at Mavera may not be known yet. */
function workOfRuns(data: UserData, plan: ForgetPlan): readonly WorkAtMavera[] {
  const open = new Set(plan.open.map(({ runId }) => runId));
  return [...data.runs].flatMap(([runId, { result }]) => (open.has(runId) ? [] : workOfResult(result?.S)));
}

function distinct(works: readonly WorkAtMavera[]): readonly WorkAtMavera[] {
  return [...new Map(works.map((work) => [`${work.kind} ${work.id}`, work])).values()];
}
