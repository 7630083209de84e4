import { type Command, Option } from 'commander';
import { shortened } from '../../../functions/ledger/shortened.ts';
import { type Column, formatTable } from '../../formatTable.ts';
import type { Deployment } from '../deployment/deployment.ts';
import type { DeploymentOptions } from '../deployment/deploymentOptions.ts';
import { formatCredits } from '../format/credits.ts';
import { cut } from '../format/cut.ts';
import { localTime } from '../format/localTime.ts';
import { shortRunId } from '../format/shortRunId.ts';
import { queryRuns } from '../ledger/queryRuns.ts';
import type { RunEntry } from '../ledger/runEntry.ts';
import { operate } from '../operate.ts';
import { opsCommand } from '../opsCommand.ts';
import { countFrom } from '../options/count.ts';
import { runStates } from '../options/runState.ts';
import { sinceOption } from '../options/since.ts';
import { parseTriggerName } from '../options/triggerName.ts';
import type { Output } from '../output.ts';
import { listParkedRuns } from './listParkedRuns.ts';

/** Which runs to list. */
export interface ListRunsOptions {
  readonly trigger?: string;
  readonly user?: string;
  readonly state?: string;
  /** Epoch milliseconds. @default 24 hours ago */
  readonly since?: number;
  readonly limit: number;
}

const columns: readonly Column[] = [
  { heading: 'received' },
  { heading: 'run' },
  { heading: 'trigger' },
  { heading: 'user' },
  { heading: 'state' },
  { heading: 'reason' },
  { heading: 'credits', align: 'right' },
];
const widestUser = 30;
const dayMs = 86_400_000;

/** `runs list` */
export function listRunsCommand(): Command {
  return opsCommand('list', {
    description: 'Lists runs, newest first; or parked runs, in the order of their places.',
    jsonShape: 'one JSON object a line for each run,',
    examples: [
      'runs list --state failed --since 7d',
      'runs list --trigger churn-signal --user u-1 --json',
      'runs list --parked --trigger churn-signal',
    ],
  })
    .option('--trigger <name>', 'only runs of this trigger', parseTriggerName)
    .option('--user <id>', 'only runs for events of this user')
    .addOption(new Option('--state <state>', 'only runs in this state').choices(runStates))
    .addOption(sinceOption('only runs since', '24h'))
    .addOption(new Option('--parked', 'only parked runs, of any age').conflicts(['user', 'state', 'since']))
    .option('--limit <count>', 'how many at most', countFrom(1, 100_000), 50)
    .action(async (options: DeploymentOptions & ListRunsOptions & { readonly parked?: true }) => {
      const list = options.parked === true ? listParkedRuns : listRuns;
      await operate(options, (deployment, output) => list(deployment, options, Date.now(), output));
    });
}

/** Lists runs. @returns true */
export async function listRuns(
  deployment: Deployment,
  { trigger, user, state, since, limit }: ListRunsOptions,
  nowMs: number,
  output: Output,
): Promise<boolean> {
  const sinceMs = since ?? nowMs - dayMs;
  const filter = {
    sinceMs,
    trigger,
    userId: shortened(user),
    states: state === undefined ? undefined : [state],
  };
  const runs: RunEntry[] = [];
  let isCut = false;
  for await (const run of queryRuns(deployment, filter, nowMs)) {
    if (runs.length === limit) {
      isCut = true;
      break;
    }
    runs.push(run);
  }
  print(runs, { isCut, sinceMs, limit }, output);
  return true;
}

function print(
  runs: readonly RunEntry[],
  { isCut, sinceMs, limit }: { readonly isCut: boolean; readonly sinceMs: number; readonly limit: number },
  output: Output,
): void {
  if (output.isJson) {
    output.lines(runs);
  } else if (runs.length === 0) {
    output.text(`No run since ${localTime(sinceMs)} matches.`);
  } else {
    output.text(formatTable(columns, runs.map(cells)));
  }
  if (isCut) {
    output.note(`There are more than ${limit}: raise --limit, or narrow the filter.`);
  }
}

function cells(run: RunEntry): readonly string[] {
  return [
    localTime(run.receivedAtMs),
    shortRunId(run.runId),
    run.trigger,
    cut(run.userId ?? '', widestUser),
    run.state,
    run.state === 'done' ? '' : (run.reason ?? ''),
    formatCredits(run.creditsUsed),
  ];
}
