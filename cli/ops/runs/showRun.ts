import type { Command } from 'commander';
import { LedgerTable } from '../../../functions/ledger/ledgerTable.ts';
import { ParkedRuns } from '../../../functions/ledger/parkedRuns.ts';
import { parseRunMessage } from '../../../functions/queue/runMessage.ts';
import type { Deployment } from '../deployment/deployment.ts';
import type { DeploymentOptions } from '../deployment/deploymentOptions.ts';
import { operate } from '../operate.ts';
import { OperatorError } from '../operatorError.ts';
import { opsCommand } from '../opsCommand.ts';
import { parseRunIdPrefix } from '../options/runIdPrefix.ts';
import type { Output } from '../output.ts';
import { advise } from './advise.ts';
import { describeEntry } from './describeHistory.ts';
import { describeState } from './describeState.ts';
import { findRunId } from './findRun.ts';
import { formatRun } from './formatRun.ts';
import { type RunDetails, readRuns } from './runDetails.ts';

/** `runs show` */
export function showRunCommand(): Command {
  return opsCommand('show', {
    description: 'Explains one run: what happened and why, its event, its request and its answer.',
    jsonShape: 'one JSON document',
    examples: ['runs show a1b2c3d4'],
  })
    .argument('<run>', "a run's id, or the first 6 or more characters of it", parseRunIdPrefix)
    .action(async (prefix: string, options: DeploymentOptions) => {
      await operate(options, (deployment, output) => showRun(deployment, prefix, Date.now(), output));
    });
}

/**
 * Explains a run.
 *
 * @returns true
 * @throws OperatorError if there is no such run, or more than one
 */
export async function showRun(
  deployment: Deployment,
  prefix: string,
  nowMs: number,
  output: Output,
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
  const advice = advise(run, nowMs, deployment.flags);
  if (output.isJson) {
    output.document({
      ...run,
      explanation: describeState(run, nowMs),
      advice,
      history: run.history.map((entry) => ({ ...entry, explanation: describeEntry(entry) })),
    });
  } else {
    output.text(formatRun(run, nowMs, advice));
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
