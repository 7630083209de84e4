import type { SharedState } from '../ledger/sharedState.ts';
import { faultOf, isThrottled, type MaveraAnswer } from '../mavera/maveraAnswer.ts';
import type { RunnerDependencies } from './runDependencies.ts';
import type { CallReport } from './runOutcome.ts';

/** Failures of Mavera's in a row that open the breaker. */
const maxFailures = 5;

/** What an answer says of Mavera: `account`: all calls are refused; `neither`: it is only busy. */
export type Health = 'well' | 'account' | 'down' | 'neither';

const healthByFault = { request: 'well', account: 'account', passing: 'down' } as const;

/** What one answer says of Mavera itself. */
export function healthOf(answer: MaveraAnswer): Health {
  if (isThrottled(answer)) {
    return 'neither';
  }
  switch (answer.kind) {
    case 'answered':
      return 'well';
    case 'refused':
      return healthByFault[faultOf(answer.error)];
    case 'blocked':
      return 'account';
    case 'unreachable':
    case 'lost':
      return 'down';
  }
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
  switch (answer.kind) {
    case 'refused':
      return `mavera_${answer.error.status} ${answer.error.code}`;
    case 'blocked':
      return `${answer.status < 400 ? `mavera_${answer.status}` : 'mavera_blocked'} HTTP ${answer.status}`;
    default:
      return `mavera_${answer.kind}`;
  }
}
