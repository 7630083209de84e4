import { setTimeout as sleep } from 'node:timers/promises';
import { type Command, InvalidArgumentError } from 'commander';
import { onInterrupt } from '../../../local/onInterrupt.ts';
import type { Deployment } from '../deployment/deployment.ts';
import type { DeploymentOptions } from '../deployment/deploymentOptions.ts';
import type { Logs } from '../deployment/logs.ts';
import { localTime } from '../format/localTime.ts';
import { operate } from '../operate.ts';
import { OperatorError } from '../operatorError.ts';
import { opsCommand } from '../opsCommand.ts';
import { countFrom } from '../options/count.ts';
import { sinceOption } from '../options/since.ts';
import type { Output } from '../output.ts';
import type { CallEntry } from './callEntry.ts';
import { JoinPhases } from './joinPhases.ts';
import { type CallFilter, readCalls } from './readCalls.ts';
import type { LogProgress } from './readLogEvents.ts';

/** Which calls to show. */
export interface AccessLogOptions {
  /** Epoch milliseconds. @default an hour ago */
  readonly since?: number;
  readonly agent?: string;
  readonly denied?: true;
  readonly follow?: true;
  /** Seconds between two reads when it follows. */
  readonly every: number;
}

const hourMs = 3_600_000;
/** CloudWatch shows a line some seconds after it was written, and lines of several streams in no order. */
const overlapMs = 60_000;
const progressEveryMs = 2_000;

/** `access log` */
export function accessLogCommand(): Command {
  return opsCommand('log', {
    description: 'Shows the outside calls of triggers and pulls, oldest first: a sentence a call.',
    jsonShape: 'one JSON object a line for each call,',
    examples: [
      'access log --since 1h',
      'access log --agent churn-signal --denied --since 7d',
      'access log --follow --local',
    ],
    notes:
      'It reads the logs of the runner and the puller, as long as they are kept. CloudWatch bills such a read by the gigabyte that it searches.',
  })
    .addOption(sinceOption('only calls since', '1h'))
    .option('--agent <name>', 'only calls of this trigger, or of pull/<trigger>', parseAgent)
    .option('--denied', 'only calls that were refused: nothing was called')
    .option('--follow', 'go on with new calls, until Ctrl-C')
    .option('--every <seconds>', 'how often to read with --follow', countFrom(1, 3_600), 5)
    .action(async (options: DeploymentOptions & AccessLogOptions) => {
      const interrupted = options.follow === true ? onInterrupt() : undefined;
      await operate(options, (deployment, output) => accessLog(deployment, options, output, interrupted));
    });
}

/**
 * Shows the records of outside calls.
 *
 * @param interrupted ends `follow`
 * @returns true
 * @throws OperatorError if the system keeps no such records, or its log group does not exist
 */
export async function accessLog(
  deployment: Pick<Deployment, 'title' | 'logs'>,
  { since, agent, denied, follow, every }: AccessLogOptions,
  output: Output,
  interrupted?: AbortSignal,
): Promise<boolean> {
  const { logs } = deployment;
  if (logs === undefined) {
    throw new OperatorError(
      `The ${deployment.title} keeps no records of calls: start or deploy this version of it first.`,
    );
  }
  const sinceMs = since ?? Date.now() - hourMs;
  const filter: CallFilter = { sinceMs, untilMs: Date.now(), agent, denied };
  const count = await showCalls(logs, filter, output);
  if (count === 0 && !output.isJson) {
    const what = `No ${denied === true ? 'refused ' : ''}call${agent === undefined ? '' : ` of ${agent}`}`;
    output.note(`${what} since ${localTime(sinceMs)} is on record.`);
  }
  if (follow === true && interrupted !== undefined) {
    output.note(`Following ${deployment.title}; Ctrl-C ends it.`);
    await followCalls(logs, { ...filter, every }, output, interrupted);
  }
  return true;
}

/** Shows the calls of a time. @returns how many */
async function showCalls(logs: Logs, filter: CallFilter, output: Output): Promise<number> {
  const joined = new JoinPhases();
  let count = 0;
  const show = (entries: readonly CallEntry[]): void => {
    count += entries.length;
    print(entries, output);
  };
  for await (const entry of readCalls(logs, filter, progressNote(output))) {
    show(joined.add(entry));
  }
  show(joined.rest(filter.untilMs));
  return count;
}

/** Shows new records as they come, so that a call that changes something is shown when it begins and when it has ended. */
async function followCalls(
  logs: Logs,
  { every, ...filter }: CallFilter & Pick<AccessLogOptions, 'every'>,
  output: Output,
  interrupted: AbortSignal,
): Promise<void> {
  /** Line id → its time, of lines that may be read again. */
  const shown = new Map<string, number>();
  for (let sinceMs = filter.untilMs + 1; ; ) {
    await sleep(every * 1_000, undefined, { signal: interrupted }).catch(() => undefined);
    if (interrupted.aborted) {
      return;
    }
    const untilMs = Date.now();
    for await (const entry of readCalls(logs, { ...filter, sinceMs, untilMs })) {
      if (!shown.has(entry.id)) {
        shown.set(entry.id, entry.atMs);
        print([entry], output);
      }
    }
    sinceMs = Math.max(filter.untilMs + 1, untilMs - overlapMs);
    for (const [id, atMs] of shown) {
      if (atMs < sinceMs) {
        shown.delete(id);
      }
    }
  }
}

function print(entries: readonly CallEntry[], output: Output): void {
  if (output.isJson) {
    output.lines(entries.map(({ atMs, sentence, fields }) => ({ atMs, ...fields, sentence })));
    return;
  }
  for (const { atMs, sentence } of entries) {
    output.text(`${localTime(atMs)}  ${sentence}`);
  }
}

/** Says now and then how far the reading is. */
function progressNote(output: Output): (progress: LogProgress) => void {
  let notedAtMs = Date.now();
  return ({ found, readUntilMs }) => {
    if (Date.now() - notedAtMs >= progressEveryMs) {
      notedAtMs = Date.now();
      output.note(`${found.toLocaleString('en')} records found, read until ${localTime(readUntilMs)} …`);
    }
  };
}

/** The rule of `defineTriggers`, or an agent as the records name it. */
function parseAgent(text: string): string {
  if (!/^(?:[a-z]+\/)?[a-z0-9-]{1,64}$/.test(text)) {
    throw new InvalidArgumentError('Expected the name of a trigger, such as churn-signal.');
  }
  return text;
}
