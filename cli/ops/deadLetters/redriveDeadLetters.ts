import type { Command } from 'commander';
import type { Deployment } from '../deployment/deployment.ts';
import type { DeploymentOptions } from '../deployment/deploymentOptions.ts';
import { operate } from '../operate.ts';
import { opsCommand } from '../opsCommand.ts';
import type { Output } from '../output.ts';
import { planDeadLetter } from '../redrive/planDeadLetter.ts';
import type { RedriveOptions } from '../redrive/planRedrive.ts';
import { RedriveReport } from '../redrive/redriveReport.ts';
import { delayOf, type OutgoingRun, sendRuns } from '../redrive/sendRuns.ts';
import { readRuns } from '../runs/runDetails.ts';
import type { DeadLetter } from './deadLetter.ts';
import { isPullLetter, type PullLetter, planPullLetter, readPullsOf, sendPullLetter } from './pullLetter.ts';
import { type DeleteDeadLetters, eachDeadLetters } from './receiveDeadLetters.ts';
import { addSelection, Selection, type SelectionOptions } from './selection.ts';

/** Which dead letters to redrive, and how. */
export interface RedriveDeadLettersOptions extends SelectionOptions {
  readonly again?: true;
}

/** `dead-letters redrive` */
export function redriveDeadLettersCommand(): Command {
  const command = opsCommand('redrive', {
    description: 'Sends dead letters back to their queue; runs get a deadline as long as their first one.',
    jsonShape: 'one JSON object a line for each message,',
    examples: ['dead-letters redrive a1b2c3d4', 'dead-letters redrive --reason expired'],
    notes:
      'Each message is sent before it is deleted here, so an interruption loses nothing. A run that is sent twice is made\n' +
      'once. If the run is done by now, it is refused without --again. A step of a pull is sent only while its occurrence is at\n' +
      'work; otherwise `pulls start` pulls again.',
  });
  return addSelection(command)
    .option('--again', 'also those whose run is done or skipped by now; it spends credits again')
    .action(async (prefixes: readonly string[], options: DeploymentOptions & RedriveDeadLettersOptions) => {
      await operate(options, (deployment, output) =>
        redriveDeadLetters(deployment, prefixes, options, Date.now(), output),
      );
    });
}

/**
 * Sends dead letters back to the run queue.
 *
 * @returns whether all selected ones were sent
 * @throws OperatorError if it is not clear which to send
 */
export async function redriveDeadLetters(
  deployment: Deployment,
  prefixes: readonly string[],
  options: RedriveDeadLettersOptions,
  nowMs: number,
  output: Output,
): Promise<boolean> {
  const selection = new Selection(prefixes, options);
  const report = new RedriveReport(output);
  await eachDeadLetters(deployment, async (letters, remove) => {
    const selected = letters.filter((letter) => selection.has(letter));
    const ofPulls = selected.filter(isPullLetter);
    await redrivePulls(deployment, ofPulls, remove, report);
    const others = selected.filter((letter) => !isPullLetter(letter));
    await redriveSome(deployment, others, { again: options.again === true, nowMs, remove }, report);
    report.tellProgress();
    return 'go on';
  });
  const hasMissed = selection.tellMissed(output, deployment.flags);
  if (report.count() === 0 && !hasMissed) {
    output.note(`${selection.whyNone()}: nothing was redriven.`);
  }
  return report.end() && !hasMissed;
}

async function redrivePulls(
  deployment: Deployment,
  letters: readonly PullLetter[],
  remove: DeleteDeadLetters,
  report: RedriveReport,
): Promise<void> {
  const cursors = await readPullsOf(deployment, letters);
  for (const letter of letters) {
    const { trigger } = letter.pull;
    const plan = planPullLetter(letter, cursors.get(trigger), deployment.flags);
    if (plan.kind === 'send') {
      await sendPullLetter(deployment, letter);
      await remove([letter]);
      report.add({ trigger, outcome: 'sent' });
    } else {
      report.add({ trigger, outcome: 'refused', why: plan.why });
    }
  }
}

async function redriveSome(
  deployment: Deployment,
  letters: readonly DeadLetter[],
  options: RedriveOptions & { readonly remove: DeleteDeadLetters },
  report: RedriveReport,
): Promise<void> {
  const runIds = letters.flatMap(({ message }) => message?.runId ?? []);
  const runs = new Map((await readRuns(deployment, runIds)).map((run) => [run.runId, run]));
  const outgoing: (OutgoingRun & { readonly letter: DeadLetter })[] = [];
  const sentBefore = report.count('sent');
  for (const letter of letters) {
    const { message } = letter;
    const plan =
      message === undefined
        ? { kind: 'refuse' as const, why: 'It is neither a run nor of a pull: it can only be discarded.' }
        : planDeadLetter(message, runs.get(message.runId), options);
    if (plan.kind === 'refuse') {
      const { runId, trigger } = message ?? {};
      report.add({ runId, trigger, outcome: 'refused', why: plan.why });
    } else {
      outgoing.push({ letter, message: plan.message, delaySeconds: delayOf(sentBefore + outgoing.length) });
    }
  }
  const refused = await sendRuns(deployment, outgoing);
  const sent = outgoing.filter(({ message }) => !refused.has(message.runId));
  await options.remove(sent.map(({ letter }) => letter));
  for (const { message } of outgoing) {
    const { runId, trigger } = message;
    const why = refused.get(runId);
    report.add({ runId, trigger, outcome: why === undefined ? 'sent' : 'refused', why });
  }
}
