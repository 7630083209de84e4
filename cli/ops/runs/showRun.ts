import type { Command } from 'commander';
import { LedgerTable } from '../../../functions/ledger/ledgerTable.ts';
import { ParkedRuns } from '../../../functions/ledger/parkedRuns.ts';
import { parseRunMessage } from '../../../functions/queue/runMessage.ts';
import { describeEntry } from '../../../functions/run/describeHistory.ts';
import type { Trigger } from '../../../functions/triggers/trigger.ts';
import type { Deployment } from '../deployment/deployment.ts';
import type { DeploymentOptions } from '../deployment/deploymentOptions.ts';
import { localTime } from '../format/localTime.ts';
import { operate } from '../operate.ts';
import { OperatorError } from '../operatorError.ts';
import { opsCommand } from '../opsCommand.ts';
import { parseRunIdPrefix } from '../options/runIdPrefix.ts';
import type { Output } from '../output.ts';
import { advise } from './advise.ts';
import { describeState } from './describeState.ts';
import { findRunId } from './findRun.ts';
import { formatRun } from './formatRun.ts';
import { readChain } from './runChain.ts';
import { type RunDetails, readRuns } from './runDetails.ts';

/** `runs show` */
export function showRunCommand(): Command {
  return opsCommand('show', {
    description: 'Explains one run: what happened and why, its event, its request and its answer.',
    jsonShape: 'one JSON document',
    examples: ['runs show a1b2c3d4'],
    notes: 'The runs that followed it are found by the names in the triggers file.',
  })
    .argument('<run>', "a run's id, or the first 6 or more characters of it", parseRunIdPrefix)
    .option(
      '--triggers <file>',
      'the triggers file that runs (default: that of the local system, TRIGGERS, or triggers.ts)',
    )
    .action(async (prefix: string, options: DeploymentOptions & { readonly triggers?: string }) => {
      await operate(options, async (deployment, output) => {
        const triggers = await readTriggers(options.triggers ?? deployment.triggersFile, output);
        return await showRun(deployment, prefix, Date.now(), output, triggers);
      });
    });
}

/** Without a triggers file a run is still shown. */
async function readTriggers(file: string | undefined, output: Output): Promise<readonly Trigger[]> {
  const { loadTriggers, TriggersFileError } = await import('../../../infra/bundling/loadTriggers.ts');
  try {
    return loadTriggers(file ?? process.env.TRIGGERS ?? 'triggers.ts');
  } catch (error) {
    if (!(error instanceof TriggersFileError)) {
      throw error;
    }
    output.note(
      `The runs that followed it are not shown, because the triggers cannot be read. ${error.message}`,
    );
    return [];
  }
}

/**
 * Explains a run.
 *
 * @param triggers those that run, to find the runs that followed it
 * @returns true
 * @throws OperatorError if there is no such run, or more than one
 */
export async function showRun(
  deployment: Deployment,
  prefix: string,
  nowMs: number,
  output: Output,
  triggers: readonly Trigger[] = [],
): Promise<boolean> {
  const runId = await findRunId(deployment, prefix, nowMs);
  const parkedRuns = new ParkedRuns(new LedgerTable(deployment.dynamodb, deployment.tableName));
  const [[found], parked] = await Promise.all([readRuns(deployment, [runId]), parkedRuns.read(runId)]);
  if (found === undefined) {
    throw new OperatorError(`The ledger has no run ${runId}: its item may have expired.`);
  }
  // A run that was parked at its admission has its event in its message alone.
  const events = found.events ?? (parked === undefined ? undefined : await readEvents(parkedRuns, runId));
  const run = { ...found, parked, events };
  const chain = await readChain(deployment, found, triggers);
  const advice = advise(run, nowMs, deployment.flags);
  if (output.isJson) {
    output.document({
      ...run,
      explanation: describeState(run, nowMs),
      advice,
      chain,
      history: run.history.map((entry) => ({ ...entry, explanation: describeEntry(entry, localTime) })),
    });
  } else {
    output.text(formatRun(run, nowMs, advice, chain));
  }
  return true;
}

async function readEvents(parkedRuns: ParkedRuns, runId: string): Promise<RunDetails['events']> {
  const message = (await parkedRuns.readMessages([runId])).get(runId);
  try {
    return message === undefined ? undefined : [{ ...parseRunMessage(message.body).event }];
  } catch {
    return undefined;
  }
}
