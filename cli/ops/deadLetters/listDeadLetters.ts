import type { Command } from 'commander';
import { formatTable } from '../../formatTable.ts';
import type { Deployment } from '../deployment/deployment.ts';
import type { DeploymentOptions } from '../deployment/deploymentOptions.ts';
import { cut } from '../format/cut.ts';
import { duration } from '../format/duration.ts';
import { shortRunId } from '../format/shortRunId.ts';
import { operate } from '../operate.ts';
import { opsCommand } from '../opsCommand.ts';
import { countFrom } from '../options/count.ts';
import type { Output } from '../output.ts';
import { readRuns } from '../runs/runDetails.ts';
import { type DeadLetter, triggerOf } from './deadLetter.ts';
import { isPullLetter, occurrenceState, readPullsOf } from './pullLetter.ts';
import { eachDeadLetters } from './receiveDeadLetters.ts';

const columns = [
  { heading: 'age', align: 'right' },
  { heading: 'run' },
  { heading: 'trigger' },
  { heading: 'reason' },
  { heading: 'is now' },
  { heading: 'detail' },
] as const;
const widestDetail = 70;

/** `dead-letters list` */
export function listDeadLettersCommand(): Command {
  return opsCommand('list', {
    description: 'Lists the dead letters: why each run, or step of a pull, failed, and its state now.',
    jsonShape: 'one JSON object a line for each message,',
    examples: ['dead-letters list'],
    notes:
      'It receives the messages and gives them back. Others cannot see them meanwhile, for a minute at most.',
  })
    .option('--limit <count>', 'how many at most', countFrom(1, 100_000), 200)
    .action(async (options: DeploymentOptions & { readonly limit: number }) => {
      await operate(options, (deployment, output) =>
        listDeadLetters(deployment, options.limit, Date.now(), output),
      );
    });
}

/** A dead letter as it is listed. */
interface ListedLetter extends Pick<DeadLetter, 'messageId' | 'reason' | 'detail' | 'sentAtMs'> {
  readonly runId?: string | undefined;
  readonly trigger?: string | undefined;
  /** Absent if the ledger has no such run. */
  readonly runState?: string | undefined;
  /** Of a pull: its occurrence. */
  readonly occurrence?: string | undefined;
  /** Absent if the ledger no longer knows the occurrence. */
  readonly pullState?: string | undefined;
}

/** Lists dead letters. @returns true */
export async function listDeadLetters(
  deployment: Deployment,
  limit: number,
  nowMs: number,
  output: Output,
): Promise<boolean> {
  const listed: ListedLetter[] = [];
  await eachDeadLetters(deployment, async (letters) => {
    listed.push(...(await withRunStates(deployment, letters)));
    return listed.length > limit ? 'enough' : 'go on';
  });
  const shown = listed.slice(0, limit);
  if (output.isJson) {
    output.lines(shown);
  } else if (shown.length === 0) {
    output.text('There are no dead letters.');
  } else {
    output.text(
      formatTable(
        columns,
        shown.map((letter) => cells(letter, nowMs)),
      ),
    );
  }
  if (listed.length > limit) {
    output.note(`There are more than ${limit}: raise --limit.`);
  }
  return true;
}

async function withRunStates(
  deployment: Deployment,
  letters: readonly DeadLetter[],
): Promise<readonly ListedLetter[]> {
  const runIds = letters.flatMap(({ message }) => message?.runId ?? []);
  const runs = new Map((await readRuns(deployment, runIds)).map((run) => [run.runId, run]));
  const pulls = await readPullsOf(deployment, letters);
  return letters.map((letter) => {
    const { messageId, message, reason, detail, sentAtMs } = letter;
    const about = { messageId, runId: message?.runId, trigger: triggerOf(letter), reason, detail, sentAtMs };
    return isPullLetter(letter)
      ? {
          ...about,
          occurrence: letter.pull.occurrence,
          pullState: occurrenceState(letter, pulls.get(letter.pull.trigger)),
        }
      : { ...about, runState: runs.get(message?.runId ?? '')?.state };
  });
}

function cells(letter: ListedLetter, nowMs: number): readonly string[] {
  const { runId, trigger = '-', reason, runState, pullState, occurrence, detail, sentAtMs } = letter;
  const isKnown = runId !== undefined || occurrence !== undefined;
  return [
    duration(nowMs - sentAtMs),
    runId === undefined ? '-' : shortRunId(runId),
    trigger,
    reason,
    runState ?? pullState ?? (isKnown ? 'unknown' : '-'),
    cut(detail, widestDetail),
  ];
}
