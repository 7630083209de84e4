import type { SharedState } from '../ledger/sharedState.ts';
import { type CallAnswer, faultOf, isThrottled, statusOf } from '../systems/callAnswer.ts';
import type { SystemRequest } from '../systems/systemClient.ts';
import type { NotAllowed } from '../systems/systemsGate.ts';
import type { RunnerDependencies } from './runDependencies.ts';
import type { CallReport } from './runOutcome.ts';

/** How many failures of Mavera in a row open the breaker. */
const maxFailures = 5;

/** A read is quick: it gets less time than a call that does work. */
export const longestReadMs = 20_000;

/** When a call starts; without a slot, now. */
export interface CallTime {
  readonly startAtMs?: number | undefined;
  readonly lateByMs?: number | undefined;
  /** Shorter than usual, for a quick request. */
  readonly timeoutMs?: number | undefined;
}

/** Who calls. */
export interface Caller {
  readonly runId: string;
  /** Name of the run's trigger. */
  readonly trigger: string;
  readonly shared: SharedState;
  readonly apiKey: string;
  /** The run is the one that probes while the breaker is half open. @default false */
  readonly probes?: boolean | undefined;
}

/** A call that was made. */
export interface MadeCall {
  readonly kind: 'made';
  readonly answer: CallAnswer;
  readonly report: CallReport;
}

/** The run was too late for its slot. No call was made. */
export interface SlotMissed {
  readonly kind: 'slot_missed';
}

/**
 * Waits for a slot that is near, and calls Mavera once, through the gate. Then it shares with all environments what the
 * answer says about Mavera: the gate tells the pace, and the breaker learns Mavera's health.
 */
export async function callAtSlot(
  request: SystemRequest,
  { startAtMs, lateByMs = Number.POSITIVE_INFINITY, timeoutMs }: CallTime,
  caller: Caller,
  dependencies: RunnerDependencies,
): Promise<MadeCall | SlotMissed | NotAllowed> {
  const { now, sleep, gate } = dependencies;
  const slotAtMs = startAtMs ?? now();
  await sleep(Math.max(0, slotAtMs - now()));
  const startedAtMs = now();
  if (startedAtMs > slotAtMs + lateByMs) {
    return { kind: 'slot_missed' };
  }
  const { runId, trigger, apiKey } = caller;
  const answer = await gate.callMavera({ agent: `trigger/${trigger}`, request, apiKey, runId, timeoutMs });
  if (answer.kind === 'not_allowed') {
    return answer;
  }
  const durationMs = now() - startedAtMs;
  const breaker = await tellBreaker(caller, answer, dependencies);
  return {
    kind: 'made',
    answer,
    report: {
      kind: answer.kind,
      durationMs,
      status: answer.kind === 'answered' ? undefined : statusOf(answer),
      breaker,
    },
  };
}

/** What an answer says about Mavera. `account`: it refuses all calls of the account; `neither`: it is only busy. */
export type Health = 'well' | 'account' | 'down' | 'neither';

const healthByFault = { request: 'well', account: 'account', passing: 'down' } as const;

/** Reads from one answer how Mavera itself is. */
export function healthOf(answer: CallAnswer): Health {
  if (answer.kind === 'answered') {
    return 'well';
  }
  if (isThrottled(answer)) {
    return 'neither';
  }
  switch (answer.kind) {
    case 'refused':
      return healthByFault[faultOf(answer.error)];
    case 'blocked':
      return 'account';
    case 'unreachable':
    case 'lost':
      return 'down';
  }
}

/**
 * Tells the breaker how Mavera answered. If the ledger fails here, the result of the call must not be lost: the breaker
 * only protects Mavera and the account.
 *
 * @returns whether the answer opened or closed the breaker
 */
async function tellBreaker(
  caller: Caller,
  answer: CallAnswer,
  dependencies: RunnerDependencies,
): Promise<CallReport['breaker']> {
  try {
    return await tell(caller, answer, dependencies);
  } catch (error) {
    dependencies.onTrouble('the breaker could not be updated after an answer', error);
    return undefined;
  }
}

async function tell(
  { runId, shared, probes = false }: Caller,
  answer: CallAnswer,
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

function reasonOf(answer: CallAnswer): string {
  switch (answer.kind) {
    case 'refused':
      return `mavera_${answer.error.status} ${answer.error.code}`;
    case 'blocked':
      return `${answer.status < 400 ? `mavera_${answer.status}` : 'mavera_blocked'} HTTP ${answer.status}`;
    default:
      return `mavera_${answer.kind}`;
  }
}
