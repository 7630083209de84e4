import { type ForgetOptions, forgetInLedger } from '../../../functions/forget/forgetInLedger.ts';
import type { ForgottenUsers } from '../../../functions/forget/forgottenUsers.ts';
import { usersWhoWait } from '../../../functions/forget/planForget.ts';
import { LedgerTable } from '../../../functions/ledger/ledgerTable.ts';
import { eachDeadLetters } from '../deadLetters/receiveDeadLetters.ts';
import type { Deployment } from '../deployment/deployment.ts';
import type { ForgetResult } from './forgetReport.ts';
import { type WorkAtMavera, workOfKeptId, workOfPendingId, workOfResult } from './workAtMavera.ts';

/** What was done, for the report, and whose data is not all gone. */
export interface Forgotten {
  readonly result: ForgetResult;
  readonly waiting: ReadonlySet<string>;
}

/** Removes what the ledger and the dead-letter queue hold of users, with one scan for all of them. */
export async function forget(deployment: Deployment, options: ForgetOptions): Promise<Forgotten> {
  const { users, triggers, remove } = options;
  const table = new LedgerTable(deployment.dynamodb, deployment.tableName);
  const inLedger = await forgetInLedger(table, options);
  const deadLetters = await forgetDeadLetters(deployment, users, remove);
  const kept = inLedger.keptIds.map(({ trigger, id }) =>
    workOfKeptId(triggers.find(({ name }) => name === trigger)?.run.kind, id),
  );
  const result: ForgetResult = {
    removed: remove,
    users: inLedger.users.map((counts) => ({ ...counts, deadLetters: deadLetters.get(counts.userId) ?? 0 })),
    openRuns: [...new Set(inLedger.open.map(({ runId }) => runId))],
    openPulls: inLedger.pulls.map(({ trigger }) => trigger),
    // Of open runs nothing is listed: their work at Mavera may not be known yet.
    atMavera: distinct([
      ...kept,
      ...inLedger.pendingIds.map(workOfPendingId),
      ...inLedger.results.flatMap(workOfResult),
    ]),
  };
  return { result, waiting: usersWhoWait(inLedger) };
}

/** @returns the number of dead letters by user */
async function forgetDeadLetters(
  deployment: Deployment,
  users: ForgottenUsers,
  remove: boolean,
): Promise<ReadonlyMap<string, number>> {
  const counts = new Map<string, number>();
  const { sqs, deadLetterQueueUrl } = deployment;
  // A pull's message holds no user.
  await eachDeadLetters({ sqs, deadLetterQueueUrl }, async (letters, removeLetters) => {
    const ofUsers = letters.flatMap((letter) => {
      const user = users.ofEvent(letter.message?.event);
      return user === undefined ? [] : [{ letter, user }];
    });
    if (remove && ofUsers.length > 0) {
      await removeLetters(ofUsers.map(({ letter }) => letter));
    }
    for (const { user } of ofUsers) {
      counts.set(user, (counts.get(user) ?? 0) + 1);
    }
    return 'go on';
  });
  return counts;
}

function distinct(works: readonly WorkAtMavera[]): readonly WorkAtMavera[] {
  return [...new Map(works.map((work) => [`${work.kind} ${work.id}`, work])).values()];
}
