import { faultOf, type MaveraAnswer } from '../mavera/maveraAnswer.ts';
import type { RunnerDependencies } from './runDependencies.ts';
import type { CallReport } from './runOutcome.ts';
import type { RunScene } from './runScene.ts';

/** Failures of Mavera's in a row that open the breaker. */
const maxFailures = 5;

/** What an answer says of Mavera: `account`: it refuses all that we ask; `neither`: it is only busy. */
export type Health = 'well' | 'account' | 'down' | 'neither';

/** What one answer says of Mavera itself. */
export function healthOf(answer: MaveraAnswer): Health {
  if (answer.kind === 'answered') {
    return 'well';
  }
  if (answer.kind !== 'refused') {
    return 'down';
  }
  const fault = faultOf(answer.error);
  if (fault === 'account') {
    return 'account';
  }
  if (fault === 'request') {
    return 'well';
  }
  return answer.error.status === 429 ? 'neither' : 'down';
}

/**
 * Lets the breaker know how Mavera answered. It is there to spare Mavera and the account: a ledger that does not answer
 * must not lose what the call has come to.
 *
 * @returns what that did to the breaker
 */
export async function tellBreaker(
  scene: RunScene,
  answer: MaveraAnswer,
  probes: boolean,
  dependencies: RunnerDependencies,
): Promise<CallReport['breaker']> {
  try {
    return await tell(scene, answer, probes, dependencies);
  } catch (error) {
    dependencies.onTrouble('the breaker cannot be told of an answer', error);
    return undefined;
  }
}

async function tell(
  { delivery, shared }: RunScene,
  answer: MaveraAnswer,
  probes: boolean,
  { breaker, usage, now }: RunnerDependencies,
): Promise<CallReport['breaker']> {
  const { runId } = delivery.message;
  const open = async (): Promise<CallReport['breaker']> =>
    (await breaker.open(reasonOf(answer), shared.breaker, now(), probes ? runId : undefined))
      ? 'opened'
      : undefined;
  switch (healthOf(answer)) {
    case 'well':
      if (probes) {
        return (await breaker.close(runId)) ? 'closed' : undefined;
      }
      if (shared.breaker.failures > 0) {
        await breaker.forgetFailures();
      }
      return undefined;
    case 'account':
      await usage.outdate();
      return await open();
    case 'down':
      return probes || (await breaker.countFailure()) >= maxFailures ? await open() : undefined;
    case 'neither':
      if (probes) {
        await breaker.endProbe(runId);
      }
      return undefined;
  }
}

function reasonOf(answer: MaveraAnswer): string {
  return answer.kind === 'refused'
    ? `mavera_${answer.error.status} ${answer.error.code}`
    : `mavera_${answer.kind}`;
}
