import { type Command, Option } from 'commander';
import { chunk } from '../../../functions/aws/mapConcurrently.ts';
import type { Deployment } from '../deployment/deployment.ts';
import type { DeploymentOptions } from '../deployment/deploymentOptions.ts';
import { operate } from '../operate.ts';
import { OperatorError } from '../operatorError.ts';
import { opsCommand } from '../opsCommand.ts';
import { collectRunIdPrefixes } from '../options/runIdPrefix.ts';
import { sinceOption } from '../options/since.ts';
import { parseTriggerName } from '../options/triggerName.ts';
import type { Output } from '../output.ts';
import { planRedrive } from '../redrive/planRedrive.ts';
import { RedriveReport } from '../redrive/redriveReport.ts';
import { delayOf, type OutgoingRun, sendRuns } from '../redrive/sendRuns.ts';
import { readRuns } from './runDetails.ts';
import { type RunSelection, selectRuns } from './selectRuns.ts';

/** Runs that are read and sent together. */
const atOnce = 50;

/** Which runs to make again, and how. */
export interface RedriveRunsOptions extends RunSelection {
  readonly dryRun?: true;
  readonly again?: true;
  readonly yes?: true;
}

/** `runs redrive` */
export function redriveRunsCommand(): Command {
  return opsCommand('redrive', {
    description: 'Makes runs again that failed or were skipped.',
    jsonShape: 'one JSON object a line for each run,',
    examples: ['runs redrive a1b2c3d4', 'runs redrive --trigger churn-signal --since 7d --dry-run'],
    notes:
      'However often the same end of a run is redriven, the run is made again once. The runner keeps the rate limit and\n' +
      'the budgets. More than 100 runs are spread over time. The dead letter of a run stays where it is.',
  })
    .argument('[run...]', 'run ids, or the first 6 or more characters of them', collectRunIdPrefixes)
    .option('--trigger <name>', 'runs of this trigger', parseTriggerName)
    .addOption(
      new Option('--state <state>', 'runs in this state (default: failed)').choices([
        'failed',
        'skipped',
        'done',
      ]),
    )
    .addOption(sinceOption('runs since', '24h'))
    .option('--dry-run', 'only show what would be done')
    .option('--again', 'also runs that are done; it spends their credits again')
    .option('--yes', 'redrive more than one run')
    .action(async (prefixes: readonly string[], options: DeploymentOptions & RedriveRunsOptions) => {
      await operate(options, (deployment, output) =>
        redriveRuns(deployment, prefixes, options, Date.now(), output),
      );
    });
}

/**
 * Sends runs to the run queue to be made again.
 *
 * @returns whether all of them were sent
 * @throws OperatorError if it is not clear which runs to redrive, or if `--yes` is missing for more than one
 */
export async function redriveRuns(
  deployment: Deployment,
  prefixes: readonly string[],
  options: RedriveRunsOptions,
  nowMs: number,
  output: Output,
): Promise<boolean> {
  const runIds = await selectRuns(deployment, prefixes, options, nowMs);
  if (runIds.length === 0) {
    output.note('No run matches: nothing was redriven.');
    return true;
  }
  if (runIds.length > 1 && options.yes === undefined && options.dryRun === undefined) {
    throw new OperatorError(
      `${runIds.length} runs match: add --yes to redrive them, or --dry-run to see what would be done.`,
    );
  }
  const report = new RedriveReport(output);
  for (const some of chunk(runIds, atOnce)) {
    await redriveSome(deployment, some, options, nowMs, report);
    report.tellProgress(runIds.length);
  }
  return report.end();
}

async function redriveSome(
  deployment: Deployment,
  runIds: readonly string[],
  { again, dryRun }: RedriveRunsOptions,
  nowMs: number,
  report: RedriveReport,
): Promise<void> {
  const runs = new Map((await readRuns(deployment, runIds)).map((run) => [run.runId, run]));
  const outgoing: OutgoingRun[] = [];
  const sentBefore = report.count('sent');
  for (const runId of runIds) {
    const run = runs.get(runId);
    const plan =
      run === undefined
        ? { kind: 'refuse' as const, why: 'The ledger has no such run.' }
        : planRedrive(run, { again: again === true, nowMs });
    if (plan.kind === 'refuse') {
      report.add({ runId, trigger: run?.trigger, outcome: 'refused', why: plan.why });
    } else if (dryRun === true) {
      report.add({ runId, trigger: run?.trigger, outcome: 'would be sent' });
    } else {
      outgoing.push({ message: plan.message, delaySeconds: delayOf(sentBefore + outgoing.length) });
    }
  }
  const refused = await sendRuns(deployment, outgoing);
  for (const { message } of outgoing) {
    const { runId, trigger } = message;
    const why = refused.get(runId);
    report.add({ runId, trigger, outcome: why === undefined ? 'sent' : 'refused', why });
  }
}
