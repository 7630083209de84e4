import type { Command } from 'commander';
import { ForgottenUsers } from '../../../functions/forget/forgottenUsers.ts';
import { deleteForgetRequest, readForgetRequests } from '../../../functions/forget/recordedRequests.ts';
import { mostUsers } from '../../../functions/forget/workOffRequests.ts';
import { LedgerTable } from '../../../functions/ledger/ledgerTable.ts';
import { loadTriggers } from '../../../infra/bundling/loadTriggers.ts';
import type { Deployment } from '../deployment/deployment.ts';
import type { DeploymentOptions } from '../deployment/deploymentOptions.ts';
import { operate } from '../operate.ts';
import { OperatorError } from '../operatorError.ts';
import { opsCommand } from '../opsCommand.ts';
import type { Output } from '../output.ts';
import { forget } from './forget.ts';
import { formatForget } from './forgetReport.ts';
import { readUserIds } from './readUserIds.ts';

/** Whom to forget, and how. */
export interface ForgetCommandOptions {
  readonly file?: string;
  readonly requested?: true;
  /** @default the file of the local system, or `TRIGGERS`, or `triggers.ts` */
  readonly triggers?: string;
  readonly dryRun?: true;
  readonly yes?: true;
}

const progressEvery = 100_000;

/** `forget` */
export function forgetCommand(): Command {
  return opsCommand('forget', {
    description:
      'Removes the data of users from the ledger and the dead-letter queue, with one scan for all of them.',
    jsonShape: 'one JSON document',
    examples: ['forget u-1 u-2 --dry-run', 'forget --file users.txt --yes', 'forget --requested --yes'],
    notes:
      'It removes events, requests, results, and the ids of threads and personas. It lists what Mavera keeps, with the\n' +
      'calls that delete it there. Each scan reads the whole table: collect the requests of a day in one command.',
  })
    .argument('[user...]', 'user ids; events with this anonymous id count as well')
    .option('--file <file>', 'a text file with one user id a line')
    .option(
      '--requested',
      'the users of `delete` events that the receiver has recorded (setting honourDeletes)',
    )
    .option(
      '--triggers <file>',
      'the triggers file that is deployed, for the keys of cooldowns, threads and personas (default: triggers.ts)',
    )
    .option('--dry-run', 'only show what would be removed')
    .option('--yes', 'remove it; this cannot be undone')
    .action(async (ids: readonly string[], options: DeploymentOptions & ForgetCommandOptions) => {
      await operate(options, (deployment, output) =>
        forgetUsers(deployment, ids, options, Date.now(), output),
      );
    });
}

/**
 * Forgets users, or shows what would be removed.
 *
 * @returns whether everything could be removed
 * @throws OperatorError if nobody is named, or too many
 */
export async function forgetUsers(
  deployment: Deployment,
  ids: readonly string[],
  { file, requested, triggers, dryRun, yes }: ForgetCommandOptions,
  nowMs: number,
  output: Output,
): Promise<boolean> {
  const table = new LedgerTable(deployment.dynamodb, deployment.tableName);
  const named = [...ids, ...(file === undefined ? [] : await readUserIds(file))];
  const recorded = requested === true ? await readForgetRequests(table) : [];
  const requests = recorded.slice(0, Math.max(0, mostUsers - named.length));
  const users = new ForgottenUsers([...named, ...requests.map(({ userId }) => userId)]);
  if (requests.length < recorded.length) {
    const left = recorded.length - requests.length;
    output.note(
      `${left} of ${recorded.length} requests stay: one scan forgets ${mostUsers} users. Run it again for them.`,
    );
  }
  if (users.ids.length === 0) {
    if (requested === true) {
      output.note('No request is recorded: nothing was removed.');
      return true;
    }
    throw new OperatorError('Say whom to forget: user ids, --file, or --requested.');
  }
  if (users.ids.length > mostUsers) {
    throw new OperatorError(
      `${users.ids.length} users are too many for one scan: split them into files of ${mostUsers}.`,
    );
  }
  const remove = yes === true && dryRun !== true;
  let noted = 0;
  const { result, waiting } = await forget(deployment, {
    users,
    triggers: loadTriggers(triggers ?? deployment.triggersFile ?? process.env.TRIGGERS ?? 'triggers.ts'),
    remove,
    nowMs,
    onProgress: (itemsRead) => {
      if (itemsRead >= noted + progressEvery) {
        noted = itemsRead;
        output.note(`${itemsRead.toLocaleString('en')} items read`);
      }
    },
  });
  const isComplete = result.openRuns.length + result.openPulls.length === 0;
  if (remove) {
    for (const request of requests.filter(({ userId }) => !waiting.has(userId))) {
      await deleteForgetRequest(table, request);
    }
  }
  if (output.isJson) {
    output.document(result);
  } else {
    output.text(formatForget(result, deployment.flags));
  }
  if (!remove) {
    output.note('Nothing was removed: add --yes to remove it. This cannot be undone.');
    return dryRun === true;
  }
  return isComplete;
}
