import type { Output } from '../../ops/output.ts';
import { ConnectError } from '../connectError.ts';
import type { ConnectOptions } from '../connectOptions.ts';
import { applyPlan } from '../plan/applyPlan.ts';
import { planConnection, type Step } from '../plan/planConnection.ts';
import { readSegmentSecret } from '../secret/segmentSecret.ts';
import { currentSecrets, desiredConnection, openSession } from '../session.ts';
import type { ConnectTarget } from '../target/connectTarget.ts';
import type { RotatedMember } from './rotation.ts';

/**
 * Gives Segment a new value of the secret, and leaves everything else there as it is.
 *
 * @throws ConnectError when nothing is set up there yet
 */
export async function giveToSegment(
  target: ConnectTarget,
  options: ConnectOptions,
  what: RotatedMember,
  newValue: string,
  output: Output,
): Promise<void> {
  const session = await openSession(target, options, output);
  const { destination, mappings } = session.actual;
  if (destination === undefined) {
    throw new ConnectError(
      `There is no destination of ours on ${session.source.slug}: set it up with npm run connect -- segment --source ${options.source}${target.flags}.`,
    );
  }
  if (what === 'sharedSecret') {
    await session.api.changeDestination(destination.id, { settings: { sharedSecret: newValue } });
    return;
  }
  const { sharedSecret } = currentSecrets(await readSegmentSecret(target));
  const desired = desiredConnection(target, session, { sharedSecret, bearerToken: newValue }, options);
  // As they are, with the new header.
  const asTheyAre = desired.mappings.flatMap((mapping) => {
    const found = mappings.find(({ name }) => name === mapping.name);
    return found === undefined
      ? []
      : [
          {
            ...mapping,
            trigger: found.trigger ?? mapping.trigger,
            settings: { ...found.settings, headers: mapping.settings.headers },
          },
        ];
  });
  const steps = planConnection({ ...desired, mappings: asTheyAre }, session.actual, {
    prune: false,
    writeSecret: false,
  });
  const ofMappings = (step: Step): boolean => step.call?.kind === 'changeMapping';
  await applyPlan(session.api, steps.filter(ofMappings), destination.id, (step) =>
    output.note(`done: ${step.what}`),
  );
}
