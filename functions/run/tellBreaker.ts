import type { SharedState } from '../ledger/sharedState.ts';
import { faultOf, type MaveraAnswer } from '../mavera/maveraAnswer.ts';
import type { RunnerDependencies } from './runDependencies.ts';
import type { CallReport } from './runOutcome.ts';

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

/** The call that was answered. */
export interface ToldCall {
  readonly runId: string;
  readonly shared: SharedState;
  /** The run is the one that probes while the breaker is half open. */
  readonly probes: boolean;
}

/**
 * Tells the breaker how Mavera answered. The breaker only spares Mavera and the account: when the ledger does not
 * answer here, the result of the call must not be lost.
 *
 * @returns what that did to the breaker
 */
export async function tellBreaker(
  call: ToldCall,
  answer: MaveraAnswer,
  dependencies: RunnerDependencies,
): Promise<CallReport['breaker']> {
  try {
    return await tell(call, answer, dependencies);
  } catch (error) {
    dependencies.onTrouble('the breaker cannot be told of an answer', error);
    return undefined;
  }
}

async function tell(
  { runId, shared, probes }: ToldCall,
  answer: MaveraAnswer,
  { breaker, usage, now }: RunnerDependencies,
): Promise<CallReport['breaker']> {
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
