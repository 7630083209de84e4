import { closestName } from '../../../functions/triggers/closestName.ts';
import type { DeployedPulls, Deployment } from '../deployment/deployment.ts';
import { OperatorError } from '../operatorError.ts';
import { cursorsOf, type PullStatus, pullStatus } from './readPulls.ts';

/**
 * The pulls of a system.
 *
 * @throws OperatorError if it has none
 */
export function pullsOf({ pulls, title }: Pick<Deployment, 'pulls' | 'title'>): DeployedPulls {
  if (pulls === undefined) {
    throw new OperatorError(
      `The ${title} has no pulls: give a trigger \`from\` and \`every\` (docs/pulls.md), and start or deploy it again.`,
    );
  }
  return pulls;
}

/**
 * Reads one pull. A pull that was removed is found too, as long as the ledger knows it.
 *
 * @throws OperatorError for a name that no pull has
 */
export async function findPull(deployment: Deployment, name: string, nowMs: number): Promise<PullStatus> {
  const schedule = deployment.pulls?.schedules.get(name);
  const cursor = (await cursorsOf(deployment).read([name])).get(name);
  if (schedule === undefined && cursor === undefined) {
    throw new OperatorError(unknownPull(name, pullsOf(deployment)));
  }
  return pullStatus(name, schedule, cursor, nowMs);
}

/** What to do about a name that no pull has. */
export function unknownPull(name: string, { schedules }: DeployedPulls): string {
  const names = [...schedules.keys()].sort();
  const closest = closestName(name, names);
  const hint = closest === undefined ? `The pulls are ${names.join(', ')}.` : `Did you mean ${closest}?`;
  return `No trigger "${name}" pulls. ${hint}`;
}
