/// <reference lib="esnext.disposable" />
/**
 * `npm run dev`: the system on this machine, left running until Ctrl-C. One line `ready {…}` on stdout when it accepts
 * requests; progress, requests, runs, warnings and errors on stderr.
 */
import { once } from 'node:events';
import { resolve } from 'node:path';
import { Command } from 'commander';
import { commandName } from '../cli/commandName.ts';
import { SynthesisError } from '../infra/synthesize.ts';
import { describeLogLine } from './dev/describeLogLine.ts';
import { type DevSettings, devVariables, readDevSettings } from './dev/devSettings.ts';
import { removeLocalState, writeLocalState } from './dev/localState.ts';
import { readyLine } from './dev/readyLine.ts';
import { connectSegOps, optionsOf, type Simulators, startSimulators } from './dev/simulators.ts';
import type { FunctionLogLine } from './lambda/functionLog.ts';
import { LocalSystemError } from './localSystemError.ts';
import { interruptedExitCode, onInterrupt } from './onInterrupt.ts';
import { localRedeliverAfterSeconds } from './system/systemOptions.ts';
import { bootLocalSystem, type LocalSystem } from './system.ts';

/** The template's 150 s are too long to wait for a run whose runner died; the simulator answers in under a second. */
const simulatorTimeoutSeconds = 20;

new Command(commandName('dev'))
  .description(
    'Runs the system on this machine, with stand-ins for AWS, Mavera, Segment, SendGrid and SegOps, until Ctrl-C. ' +
      'Prints one line "ready {…}" when it accepts requests.',
  )
  .addHelpText(
    'after',
    `\nEnvironment variables (README.md and docs/local-system.md describe them):\n${devVariables.map((name) => `  ${name}`).join('\n')}`,
  )
  .parse();

const interrupted = onInterrupt();
// The reader of the output may go away first.
process.stdout.on('error', () => undefined);
process.stderr.on('error', () => undefined);
process.exit(await main());

async function main(): Promise<number> {
  await using started = new AsyncDisposableStack();
  try {
    const settings = readDevSettings(process.env);
    const simulators = await startSimulators(settings, started);
    const system = await boot(settings, simulators, started);
    connectSegOps(simulators, system);
    await leaveState(system, settings, simulators, started);
    const shows = {
      sharedSecret: settings.sharedSecret === undefined,
      segopsWebhookSecret: settings.segopsWebhookSecret === undefined,
    };
    process.stdout.write(`${readyLine(system, simulators, shows)}\n`);
    await Promise.race([aborted(interrupted), system.broken.then(fail)]);
    say('stopping');
    return 0;
  } catch (error) {
    return report(error);
  }
}

async function boot(
  settings: DevSettings,
  simulators: Simulators,
  started: AsyncDisposableStack,
): Promise<LocalSystem> {
  const { mavera, workspace } = simulators;
  const { port, sharedSecret, bearerToken, triggersFile, maveraRequestsPerMinute } = settings;
  const { s3Folder } = settings;
  const { segmentWriteKey, dispatchEverySeconds, maveraApiKey } = settings;
  const maveraBaseUrl = settings.maveraBaseUrl ?? mavera?.baseUrl ?? '';
  const segmentTrackingUrl = settings.segmentTrackingUrl ?? workspace?.trackingUrl;
  const timeoutSeconds =
    settings.maveraTimeoutSeconds ?? (mavera === undefined ? undefined : simulatorTimeoutSeconds);
  let booted: LocalSystem | undefined;
  const system = await bootLocalSystem({
    port,
    maveraBaseUrl,
    ...optionsOf(settings, simulators),
    ...(maveraApiKey === undefined ? {} : { maveraApiKey }),
    ...(segmentTrackingUrl === undefined ? {} : { segmentTrackingUrl }),
    ...(segmentWriteKey === undefined ? {} : { segmentWriteKey }),
    ...(sharedSecret === undefined ? {} : { sharedSecret }),
    ...(bearerToken === undefined ? {} : { bearerToken }),
    ...(triggersFile === undefined ? {} : { triggersFile }),
    ...(s3Folder === undefined ? {} : { s3Folder }),
    context: {
      ...(timeoutSeconds === undefined ? {} : { maveraTimeout: `${timeoutSeconds}s` }),
      ...(maveraRequestsPerMinute === undefined ? {} : { maveraRequestsPerMinute }),
    },
    redeliverAfterSeconds: localRedeliverAfterSeconds,
    ...(dispatchEverySeconds === undefined ? {} : { dispatchEverySeconds }),
    onLog: (line) => sayLogLine(line, booted),
    onProgress: say,
    onError: (error) => say(error instanceof Error ? error.message : String(error)),
    signal: interrupted,
  });
  booted = system;
  started.defer(() => system.stop());
  return system;
}

/** Writes the file by which `npm run ops` and `npm run connect` find this system with `--local`. */
async function leaveState(
  { segmentUrl, maveraBaseUrl, endpoints, resources, logGroups, pulls }: LocalSystem,
  { triggersFile }: DevSettings,
  { workspace, sendgrid }: Simulators,
  started: AsyncDisposableStack,
): Promise<void> {
  const directory = process.cwd();
  const { tableName, runQueueUrl, bulkQueueUrl, readyQueueUrl, deadLetterQueueUrl } = resources;
  const { segmentSecretArn, sendgridSecretArn, segopsSecretArn, maveraSecretArn } = resources;
  const { dynamodb, sqs, secretsmanager, logs } = endpoints;
  const { pid } = process;
  try {
    await writeLocalState(directory, {
      version: 2,
      pid,
      endpoints: { dynamodb, sqs, secretsmanager, logs },
      tableName,
      runQueueUrl,
      bulkQueueUrl,
      readyQueueUrl,
      deadLetterQueueUrl,
      receiverLogGroup: logGroups.receiver,
      runnerLogGroup: logGroups.runner,
      ...(Object.keys(pulls).length === 0
        ? {}
        : {
            pullQueueUrl: resources.pullQueueUrl,
            pullDeadLetterQueueUrl: resources.pullDeadLetterQueueUrl,
            pullerLogGroup: logGroups.puller,
            pulls,
          }),
      segmentUrl,
      segmentSecretArn,
      sendgridSecretArn,
      segopsSecretArn,
      maveraSecretArn,
      maveraApi: { apiUrl: maveraBaseUrl },
      triggersFile: triggersFile ?? resolve('triggers.ts'),
      ...(workspace === undefined
        ? {}
        : { workspace: { apiUrl: workspace.apiUrl, trackingUrl: workspace.trackingUrl } }),
      ...(sendgrid === undefined ? {} : { sendgridApi: { apiUrl: sendgrid.baseUrl } }),
    });
    started.defer(() => removeLocalState(directory, pid));
  } catch (error) {
    say(
      `npm run ops and npm run connect cannot find this system: ${error instanceof Error ? error.message : String(error)}`,
    );
  }
}

function sayLogLine(line: FunctionLogLine, system: LocalSystem | undefined): void {
  const text = describeLogLine(line, functionLabel(line, system));
  if (text !== undefined) {
    say(text);
  }
}

/** The short name of a function. A line that is written during the boot gets the function's id in the template. */
function functionLabel(
  { functionName, logicalId }: FunctionLogLine,
  system: LocalSystem | undefined,
): string {
  const labels = ['receiver', 'runner', 'dispatcher', 'forgetter', 'puller'] as const;
  return labels.find((label) => system?.[label]?.functionName === functionName) ?? logicalId;
}

function say(text: string): void {
  process.stderr.write(`${new Date().toTimeString().slice(0, 8)}  ${text}\n`);
}

async function aborted(signal: AbortSignal): Promise<void> {
  if (!signal.aborted) {
    await once(signal, 'abort');
  }
}

function fail(error: Error): never {
  throw error;
}

/** Prints an expected error as one message, and an unexpected one with its stack. @returns the exit code */
function report(error: unknown): number {
  if (interrupted.aborted) {
    return interruptedExitCode;
  }
  const isExpected = error instanceof LocalSystemError || error instanceof SynthesisError;
  process.stderr.write(
    `${isExpected || !(error instanceof Error) ? String(error).replace(/^\w+Error: /, '') : error.stack}\n`,
  );
  return 1;
}
