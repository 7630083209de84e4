import { setTimeout as sleep } from 'node:timers/promises';
import { Command } from 'commander';
import { processOutput } from '../../ops/output.ts';
import type { ConnectTarget } from '../target/connectTarget.ts';
import { withTarget } from '../target/openTarget.ts';
import { finishSendGrid, rotateSendGrid } from './rotateSendGrid.ts';
import { addSendGridOptions, needs, type SendGridOptions, sendgridPage } from './sendGridOptions.ts';
import { readSendGridSecret, writeSendGridSecret } from './sendGridSecret.ts';
import { openSendGrid } from './sendGridSession.ts';

/** `sendgrid rotate` */
export function rotateCommand(): Command {
  const command = new Command('rotate')
    .description(
      'Replaces the key pair that SendGrid signs with, without refusing an event. A second webhook, which has a new pair, takes ' +
        'the place of each one. After 25 hours, --finish deletes the old webhooks and their keys.',
    )
    .showHelpAfterError('(add --help to see how it is used)');
  return addSendGridOptions(command, 'one JSON document')
    .option('--finish', 'delete the old webhooks, and remove their keys from the secret')
    .addHelpText(
      'after',
      `${needs}\nAn interrupted rotation continues when it is run again.\n\nExamples:\n` +
        '  npm run connect -- sendgrid rotate\n  npm run connect -- sendgrid rotate --finish',
    )
    .action((options: SendGridOptions & { readonly finish?: true }) =>
      withTarget(options, (target) => rotate(target, options), sendgridPage),
    );
}

async function rotate(
  target: ConnectTarget,
  options: SendGridOptions & { readonly finish?: true },
): Promise<void> {
  const output = processOutput(options.json === true);
  const { api, desired, secretId } = openSendGrid(target, options, output);
  const work = options.finish === true ? finishSendGrid : rotateSendGrid;
  await work({
    api,
    desired,
    readSecret: () => readSendGridSecret(target, secretId),
    writeSecret: async (secret, publicKeys, changes) => {
      await writeSendGridSecret(target, secretId, secret, publicKeys, changes);
    },
    now: Date.now,
    sleep,
    say: output.note,
  });
  const isFinished = options.finish === true;
  output.note(
    isFinished
      ? 'the old keys are not valid any more'
      : `SendGrid signs with new keys. After 25 hours, run npm run connect -- sendgrid rotate --finish${target.flags}.`,
  );
  if (output.isJson) {
    output.document({ state: isFinished ? 'finished' : 'switched' });
  }
}
