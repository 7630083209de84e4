import { Command } from 'commander';
import { type Output, processOutput } from '../../ops/output.ts';
import { type TestOptions, waitOption } from '../arrival/runTest.ts';
import { ConnectError } from '../connectError.ts';
import { routeWarnings } from '../plan/desiredConnection.ts';
import { formatDrift, formatPlan, planDocument } from '../plan/formatPlan.ts';
import { hasWork } from '../plan/planStep.ts';
import type { ConnectTarget } from '../target/connectTarget.ts';
import { withTarget } from '../target/openTarget.ts';
import { applyWebhooks } from './applyWebhooks.ts';
import type { PlanOptions } from './desiredWebhooks.ts';
import { planWebhooks, type WebhookStep } from './planWebhooks.ts';
import { rotateCommand } from './rotateCommand.ts';
import { addSendGridOptions, needs, type SendGridOptions, sendgridPage } from './sendGridOptions.ts';
import { readSendGridSecret, writeSendGridSecret } from './sendGridSecret.ts';
import { openSendGrid, type SendGridSession } from './sendGridSession.ts';
import { testSendGrid } from './testSendGrid.ts';

interface SetUpOptions extends SendGridOptions, TestOptions {
  readonly dryRun?: true;
  readonly prune?: true;
  readonly move?: true;
  readonly test: boolean;
}

/** A receiver that has just read the secret reads it again after a minute. */
const defaultWaitMs = 120_000;

/** `sendgrid`, with `check`, `test` and `rotate`. */
export function sendgridCommand(): Command {
  const command = new Command('sendgrid')
    .description(
      "Sets SendGrid's event webhook up to post to the system: one webhook for each route, signed, with the kinds of events " +
        "that triggers want, and its public key in the receiver's secret. Then lets SendGrid send a test event. When it is run " +
        'again, it changes what differs, and nothing else.',
    )
    .enablePositionalOptions()
    .showHelpAfterError('(add --help to see how it is used)')
    .addCommand(checkCommand())
    .addCommand(testCommand())
    .addCommand(rotateCommand());
  return addWait(addSendGridOptions(command, 'one JSON document'))
    .option('--dry-run', 'only print the plan')
    .option('--prune', 'disable event webhooks of routes that no trigger names any more')
    .option('--move', 'let the webhook of this name that posts to another URL post to this system')
    .option('--no-test', 'send no test event')
    .addHelpText(
      'after',
      `${needs}\nExamples:\n  npm run connect -- sendgrid --dry-run\n  npm run connect -- sendgrid --eu\n` +
        '  npm run connect -- sendgrid check',
    )
    .action((options: SetUpOptions) =>
      withTarget(options, (target) => connectSendGrid(target, options), sendgridPage),
    );
}

/** `sendgrid check` */
function checkCommand(): Command {
  const command = new Command('check')
    .description(
      'Compares what is set up at SendGrid with the triggers file and the secret. Changes nothing. The exit code is 1 if ' +
        'something differs.',
    )
    .showHelpAfterError('(add --help to see how it is used)');
  return addSendGridOptions(command, 'one JSON document')
    .addHelpText('after', `${needs}\nExample:\n  npm run connect -- sendgrid check`)
    .action((options: SendGridOptions) =>
      withTarget(options, (target) => checkSendGrid(target, options), sendgridPage),
    );
}

/** `sendgrid test` */
function testCommand(): Command {
  const command = new Command('test')
    .description(
      'Lets SendGrid send its test event, and waits until the receiver has it, by each route. It starts no run.',
    )
    .showHelpAfterError('(add --help to see how it is used)');
  return addWait(addSendGridOptions(command, 'one JSON document'))
    .addHelpText('after', `${needs}\nExample:\n  npm run connect -- sendgrid test --wait 5m`)
    .action((options: SendGridOptions & TestOptions) =>
      withTarget(
        options,
        async (target) => {
          const output = processOutput(options.json === true);
          const session = openSendGrid(target, options, output);
          const arrival = await testSendGrid(target, session, options, output);
          if (output.isJson) {
            output.document(arrival);
          }
        },
        sendgridPage,
      ),
    );
}

function addWait(command: Command): Command {
  return command.addOption(waitOption('how long to wait for the test event', defaultWaitMs, '2m'));
}

async function connectSendGrid(target: ConnectTarget, options: SetUpOptions): Promise<void> {
  const output = processOutput(options.json === true);
  const session = openSendGrid(target, options, output);
  const choices = { prune: options.prune === true, move: options.move === true };
  const steps = await stepsFor(target, session, choices);
  const warnings = routeWarnings(session.triggers, 'sendgrid', 'event webhooks');
  for (const warning of warnings) {
    output.note(`note: ${warning}`);
  }
  // With --json, standard output holds only the document.
  const say = output.isJson ? output.note : output.text;
  say(`${target.title}  ←  SendGrid\n`);
  say(formatPlan(steps));
  const isDone = !hasWork(steps);
  if (options.dryRun === true || isDone) {
    say(isDone ? '\nNothing to do.' : '\nNothing was changed (--dry-run).');
  } else {
    await carryOut(target, session, steps, choices, output);
    say('\nSendGrid is set up.');
  }
  const arrival =
    options.dryRun !== true && options.test ? await testSendGrid(target, session, options, output) : {};
  if (output.isJson) {
    output.document({ warnings, plan: planDocument(steps), ...arrival });
  }
}

async function stepsFor(
  target: ConnectTarget,
  { api, desired, secretId }: SendGridSession,
  options: PlanOptions,
): Promise<readonly WebhookStep[]> {
  const account = await api.webhooks();
  return planWebhooks(desired, account, await readSendGridSecret(target, secretId), options);
}

async function carryOut(
  target: ConnectTarget,
  session: SendGridSession,
  steps: readonly WebhookStep[],
  options: PlanOptions,
  output: Output,
): Promise<void> {
  const { api, secretId, desired } = session;
  await applyWebhooks(steps, {
    api,
    sendgridUrl: desired.sendgridUrl,
    readSecret: () => readSendGridSecret(target, secretId),
    writeKeys: async (secret, publicKeys) => {
      await writeSendGridSecret(target, secretId, secret, publicKeys);
    },
    onDone: ({ action, what }) => output.note(`done: ${action} ${what}`),
  });
  const left = (await stepsFor(target, session, options)).filter(({ call }) => call !== undefined);
  if (left.length > 0) {
    throw new ConnectError(
      `SendGrid answered that it is done, but shows something else: ${left
        .map(({ what, changes }) => `${what} (${changes.join(', ')})`)
        .join(', ')}. Set that up by hand: ${sendgridPage}.`,
    );
  }
}

async function checkSendGrid(target: ConnectTarget, options: SendGridOptions): Promise<void> {
  const output = processOutput(options.json === true);
  const session = openSendGrid(target, options, output);
  const steps = await stepsFor(target, session, { prune: true, move: false });
  const drift = steps.filter(({ call }) => call !== undefined);
  if (output.isJson) {
    output.document({ drift: planDocument(drift) });
  } else if (drift.length === 0) {
    output.text(`SendGrid is set up as ${session.triggersFile} says.`);
  } else {
    const prune = drift.some(({ action }) => action === 'disable') ? ' --prune' : '';
    output.text(`SendGrid differs. npm run connect -- sendgrid${target.flags}${prune} would do this:\n`);
    output.text(formatDrift(drift));
  }
  if (drift.length > 0) {
    process.exitCode = 1;
  }
}
