import { setTimeout as sleep } from 'node:timers/promises';
import { Command, Option } from 'commander';
import { addDeploymentOptions } from '../ops/deployment/deploymentOptions.ts';
import { type Output, processOutput } from '../ops/output.ts';
import { ConnectError } from './connectError.ts';
import { addSegmentOptions, type ConnectOptions } from './connectOptions.ts';
import { giveToSegment } from './rotate/giveToSegment.ts';
import { finish, noteSwitched, rotate } from './rotate/rotate.ts';
import type { ConnectTarget } from './target/connectTarget.ts';
import { withTarget } from './target/openTarget.ts';

interface RotateOptions extends Omit<ConnectOptions, 'source'> {
  readonly source?: string;
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
        'old one, then Segment is given it, and after four hours the old one is taken out.',
    )
    .showHelpAfterError('(add --help to see how it is used)')
    .option('--source <slug>', 'the source at Segment that is connected: its slug or id');
  return addSegmentOptions(addDeploymentOptions(command, 'one JSON document'))
    .option('--bearer', "the bearer token of the mappings' headers, in place of the shared secret")
    .option('--by-hand', 'Segment is given the new value by somebody, in its own pages')
    .addOption(new Option('--switched', 'note that this was done by hand').conflicts(['finish', 'byHand']))
    .addOption(
      new Option('--finish', 'take the old value out; 4 h 15 min after Segment had the new one').conflicts(
        'byHand',
      ),
    )
    .addHelpText(
      'after',
      '\nEach step may be repeated, and goes on from where it was.\n\nExamples:\n' +
        '  npm run connect -- rotate --source website\n  npm run connect -- rotate --finish\n' +
        '  npm run connect -- rotate --by-hand',
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
    const what = await finish(target, Date.now());
    output.note(`the old value of ${what} is valid no more`);
    return 'finished';
  }
  if (options.switched === true) {
    await noteSwitched(target, Date.now());
    output.note('noted: after 4 h 15 min, run rotate --finish');
    return 'switched';
  }
  const what = options.bearer === true ? 'bearerToken' : 'sharedSecret';
  const { source } = options;
  if (source === undefined && options.byHand !== true) {
    throw new ConnectError(
      'Name the source with --source, or give Segment the new value yourself with --by-hand.',
    );
  }
  const state = await rotate(target, {
    what,
    atSegment:
      options.byHand === true || source === undefined
        ? undefined
        : (newValue) => giveToSegment(target, { ...options, source }, what, newValue, output),
    now: Date.now,
    sleep,
    say: (text) => output.note(text),
  });
  if (state === 'by hand') {
    const where =
      what === 'sharedSecret'
        ? "the destination's Settings > Shared Secret"
        : "each mapping's Headers, as Authorization: Bearer <value>";
    output.note(
      `Now copy the first value of ${what} out of the secret ${target.segmentSecretId} into ${where}, then run ` +
        `rotate --switched${target.flags}.`,
    );
  }
  return state;
}
