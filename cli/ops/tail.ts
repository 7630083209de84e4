import { setTimeout as sleep } from 'node:timers/promises';
import type { Command } from 'commander';
import { explainReason } from '../../functions/run/reasons.ts';
import { onInterrupt } from '../../local/onInterrupt.ts';
import type { Deployment } from './deployment/deployment.ts';
import type { DeploymentOptions } from './deployment/deploymentOptions.ts';
import { formatCredits } from './format/credits.ts';
import { cut } from './format/cut.ts';
import { localTime } from './format/localTime.ts';
import { shortRunId } from './format/shortRunId.ts';
import { visitRuns } from './ledger/queryRuns.ts';
import type { RunEntry } from './ledger/runEntry.ts';
import { operate } from './operate.ts';
import { opsCommand } from './opsCommand.ts';
import { countFrom } from './options/count.ts';
import { sinceOption } from './options/since.ts';
import type { Output } from './output.ts';

/** The index may lag behind the table, and the runners' clocks may be ahead of this one. */
const overlapMs = 60_000;
/** How many of the latest changes the first read shows. */
const shownAtFirst = 10;
const dayMs = 86_400_000;

/** How to follow. */
export interface TailOptions {
  /** Seconds between two reads. */
  readonly every: number;
  /** Only runs that arrived since, in epoch milliseconds. @default a day before each read */
  readonly since?: number;
}

/** `tail` */
export function tailCommand(): Command {
  return opsCommand('tail', {
    description: 'Shows runs as they change, until Ctrl-C.',
    jsonShape: 'one JSON object a line for each change,',
    examples: ['tail', 'tail --every 10 --since 1h'],
    notes:
      'Each time it reads all runs since --since. With hundreds of thousands of runs a day, choose a later time.',
  })
    .option('--every <seconds>', 'how often to read', countFrom(1, 3_600), 2)
    .addOption(sinceOption('only runs that arrived since', '24h'))
    .action(async (options: DeploymentOptions & TailOptions) => {
      const interrupted = onInterrupt();
      await operate(options, (deployment, output) => tail(deployment, options, interrupted, output));
    });
}

/** Shows runs as they change, until the signal. @returns true */
export async function tail(
  deployment: Deployment,
  { every, since }: TailOptions,
  signal: AbortSignal,
  output: Output,
): Promise<boolean> {
  /** Run id → last change shown, for runs that changed recently. */
  const shown = new Map<string, number>();
  let lookedAtMs: number | undefined;
  if (!output.isJson) {
    output.note(`Following ${deployment.title}; Ctrl-C ends it.`);
  }
  while (!signal.aborted) {
    const nowMs = Date.now();
    const updatedSinceMs = lookedAtMs === undefined ? undefined : lookedAtMs - overlapMs;
    const filter = { sinceMs: since ?? nowMs - dayMs, updatedSinceMs };
    const changes: RunEntry[] = [];
    await visitRuns(deployment, filter, nowMs, (run) => {
      if (shown.get(run.runId) !== run.updatedAtMs) {
        shown.set(run.runId, run.updatedAtMs);
        changes.push(run);
      }
    });
    changes.sort((a, b) => a.updatedAtMs - b.updatedAtMs);
    for (const run of lookedAtMs === undefined ? changes.slice(-shownAtFirst) : changes) {
      print(run, output);
    }
    forgetBefore(shown, nowMs - 2 * overlapMs);
    lookedAtMs = nowMs;
    await sleep(every * 1_000, undefined, { signal }).catch(() => undefined);
  }
  return true;
}

function forgetBefore(shown: Map<string, number>, ms: number): void {
  for (const [runId, updatedAtMs] of shown) {
    if (updatedAtMs < ms) {
      shown.delete(runId);
    }
  }
}

const triggerWidth = 20;
const stateWidth = 7;
const widestReason = 60;

function print(run: RunEntry, output: Output): void {
  if (output.isJson) {
    output.lines([run]);
    return;
  }
  const { runId, updatedAtMs, trigger, state, reason, creditsUsed } = run;
  const why = state === 'done' || reason === undefined ? '' : `${reason}: ${explainReason(reason)}`;
  const credits = creditsUsed === undefined ? '' : `${formatCredits(creditsUsed)} credits`;
  output.text(
    [
      localTime(updatedAtMs).slice(11),
      shortRunId(runId),
      trigger.padEnd(triggerWidth),
      state.padEnd(stateWidth),
      cut(why, widestReason),
      credits,
    ]
      .filter((part) => part !== '')
      .join('  ')
      .trimEnd(),
  );
}
