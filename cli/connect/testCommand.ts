import { Command } from 'commander';
import { processOutput } from '../ops/output.ts';
import { runTest, type TestOptions, testOptions } from './arrival/runTest.ts';
import { addConnectOptions, type ConnectOptions } from './connectOptions.ts';
import { openSession } from './session.ts';
import { withTarget } from './target/openTarget.ts';

/** `test` */
export function testCommand(): Command {
  const command = new Command('test')
    .description(
      'Sends an event through Segment and waits until the receiver has it, by each route. It starts no run.',
    )
    .showHelpAfterError('(add --help to see how it is used)');
  return testOptions(addConnectOptions(command, 'one JSON document'))
    .addHelpText('after', '\nExample:\n  npm run connect -- test --source website --wait 5m')
    .action((options: ConnectOptions & TestOptions) =>
      withTarget(options, async (target) => {
        const output = processOutput(options.json === true);
        const session = await openSession(target, options, output);
        const arrival = await runTest(target, session, options, output);
        if (output.isJson) {
          output.document({ source: session.source.slug, ...arrival });
        }
      }),
    );
}
