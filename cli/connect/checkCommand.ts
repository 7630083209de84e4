import { Command } from 'commander';
import { processOutput } from '../ops/output.ts';
import { addConnectOptions, type ConnectOptions } from './connectOptions.ts';
import { formatDrift, planDocument } from './plan/formatPlan.ts';
import { planConnection } from './plan/planConnection.ts';
import { readSegmentSecret } from './secret/segmentSecret.ts';
import { currentSecrets, desiredConnection, openSession } from './session.ts';
import type { ConnectTarget } from './target/connectTarget.ts';
import { withTarget } from './target/openTarget.ts';

/** `check` */
export function checkCommand(): Command {
  const command = new Command('check')
    .description(
      'Compares the set-up at Segment with the triggers file and the secret. Changes nothing. The exit code is 1 if ' +
        'something differs.',
    )
    .showHelpAfterError('(add --help to see how it is used)');
  return addConnectOptions(command, 'one JSON document')
    .addHelpText('after', '\nExample:\n  npm run connect -- check --source website')
    .action((options: ConnectOptions) => withTarget(options, (target) => check(target, options)));
}

async function check(target: ConnectTarget, options: ConnectOptions): Promise<void> {
  const output = processOutput(options.json === true);
  const session = await openSession(target, options, output);
  const desired = desiredConnection(
    target,
    session,
    currentSecrets(await readSegmentSecret(target)),
    options,
  );
  const steps = planConnection(desired, session.actual, { prune: true, writeSecret: false });
  const drift = steps.filter(({ call }) => call !== undefined);
  if (output.isJson) {
    output.document({ source: session.source.slug, drift: planDocument(drift) });
  } else if (drift.length === 0) {
    output.text(`Segment is set up as ${options.triggers ?? 'the triggers file'} says.`);
  } else {
    const prune = drift.some(({ action }) => action === 'disable') ? ' --prune' : '';
    output.text(
      `Segment differs. npm run connect -- segment --source ${options.source}${target.flags}${prune} would do this:\n`,
    );
    output.text(formatDrift(drift));
  }
  if (drift.length > 0) {
    process.exitCode = 1;
  }
}
