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
      'Rotates the shared secret, or the bearer token, so that no event is refused: the new value becomes valid beside the ' +
        'old one, then every destination of the workspace that posts to us is given it, and after four hours the old one is ' +
        'taken out.',
    )
    .showHelpAfterError('(add --help to see how it is used)');
  return addAddressOptions(addDeploymentOptions(command, 'one JSON document'))
    .option('--bearer', "the bearer token of the mappings' headers, in place of the shared secret")
    .option(
      '--by-hand',
      'Segment is given the new value by somebody, in its own pages; with --finish: do not ask Segment',
    )
    .addOption(
      new Option('--switched', 'note that this was done by hand').conflicts(['finish', 'byHand', 'bearer']),
    )
    .addOption(
      new Option('--finish', 'take the old value out; 4 h 15 min after Segment had the new one').conflicts(
        'bearer',
      ),
    )
    .addHelpText(
      'after',
      '\nEach step may be repeated, and goes on from where it was.\n\nExamples:\n' +
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
    output.note('noted: after 4 h 15 min, run rotate --finish');
    return 'switched';
  }
  const what = options.bearer === true ? 'bearerToken' : ((await rotatedNow(target)) ?? 'sharedSecret');
  const segment = options.byHand === true ? undefined : rotatingSegment(target, options, what, output);
  // Before anything is begun: what cannot be given to Segment need not be made.
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
  output.note(`the old value of ${what} is valid no more`);
  return 'finished';
}
