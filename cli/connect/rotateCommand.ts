import { setTimeout as sleep } from 'node:timers/promises';
import { Command, Option } from 'commander';
import { addDeploymentOptions, type DeploymentOptions } from '../ops/deployment/deploymentOptions.ts';
import { type Output, processOutput } from '../ops/output.ts';
import { type AddressOptions, addAddressOptions } from './connectOptions.ts';
import { rotatingSegment } from './rotate/giveToSegment.ts';
import { finish, noteSwitched, rotate, rotatedNow } from './rotate/rotate.ts';
import type { ConnectTarget } from './target/connectTarget.ts';
import { withTarget } from './target/openTarget.ts';

interface RotateOptions extends DeploymentOptions, AddressOptions {
  readonly bearer?: true;
  readonly byHand?: true;
  readonly switched?: true;
  readonly finish?: true;
}

/** `rotate` */
export function rotateCommand(): Command {
  const command = new Command('rotate')
    .description(
      'Rotates the shared secret, or the bearer token, without refusing an event. The new value becomes valid beside the ' +
        'old one. Then every destination of the workspace that posts to us gets it. After four hours the old one is removed.',
    )
    .showHelpAfterError('(add --help to see how it is used)');
  return addAddressOptions(addDeploymentOptions(command, 'one JSON document'))
    .option('--bearer', "rotate the bearer token of the mappings' headers, not the shared secret")
    .option('--by-hand', 'you give Segment the new value in its own pages; with --finish: do not ask Segment')
    .addOption(
      new Option('--switched', 'record that you have done this by hand').conflicts([
        'finish',
        'byHand',
        'bearer',
      ]),
    )
    .addOption(
      new Option('--finish', 'remove the old value, 4 h 15 min after Segment got the new one').conflicts(
        'bearer',
      ),
    )
    .addHelpText(
      'after',
      '\nEach step can be repeated, and continues where it was.\n\nExamples:\n' +
        '  npm run connect -- rotate\n  npm run connect -- rotate --finish\n  npm run connect -- rotate --by-hand',
    )
    .action((options: RotateOptions) => withTarget(options, (target) => run(target, options)));
}

async function run(target: ConnectTarget, options: RotateOptions): Promise<void> {
  const output = processOutput(options.json === true);
  const state = await step(target, options, output);
  if (output.isJson) {
    output.document({ state });
  }
}

async function step(target: ConnectTarget, options: RotateOptions, output: Output): Promise<string> {
  if (options.finish === true) {
    return await finishStep(target, options, output);
  }
  if (options.switched === true) {
    await noteSwitched(target, Date.now());
    output.note('recorded: run rotate --finish after 4 h 15 min');
    return 'switched';
  }
  const what = options.bearer === true ? 'bearerToken' : ((await rotatedNow(target)) ?? 'sharedSecret');
  const segment = options.byHand === true ? undefined : rotatingSegment(target, options, what, output);
  // Before anything changes: find out whether Segment can be given a value.
  await segment?.ready();
  const state = await rotate(target, {
    what,
    atSegment: segment?.give,
    stillOld: segment?.stillOld,
    now: Date.now,
    sleep,
    say: output.note,
  });
  if (state === 'by hand') {
    const where =
      what === 'sharedSecret'
        ? "each destination's Settings > Shared Secret"
        : "each mapping's Headers, as Authorization: Bearer <value>";
    output.note(
      `Now copy the first value of ${what} out of the secret ${target.segmentSecretId} into ${where}, then run ` +
        `npm run connect -- rotate --switched${target.flags}.`,
    );
  }
  return state;
}

async function finishStep(target: ConnectTarget, options: RotateOptions, output: Output): Promise<string> {
  const findOld =
    options.byHand === true
      ? undefined
      : (what: 'sharedSecret' | 'bearerToken', value: string) =>
          rotatingSegment(target, options, what, output).stillOld(value);
  const what = await finish(target, Date.now(), findOld);
  output.note(`the old value of ${what} is not valid any more`);
  return 'finished';
}
