import type { SharedState } from '../ledger/sharedState.ts';
import { faultOf, isThrottled, type MaveraAnswer, retryAfterMsOf, statusOf } from '../mavera/maveraAnswer.ts';
import type { MaveraRequest } from '../mavera/maveraClient.ts';
import type { RunnerDependencies } from './runDependencies.ts';
import type { CallReport } from './runOutcome.ts';

/** How many failures of Mavera in a row open the breaker. */
const maxFailures = 5;

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
  readonly shared: SharedState;
  readonly apiKey: string;
  /** The run is the one that probes while the breaker is half open. @default false */
  readonly probes?: boolean | undefined;
}

/** A call that was made. */
export interface MadeCall {
  readonly answer: MaveraAnswer;
  readonly report: CallReport;
}

/**
 * Waits for a slot that is near, and calls Mavera once. Then it shares with all environments what the answer says about
 * Mavera: the pace learns its rate limit, the breaker its health.
 *
 * @returns `undefined` when the slot was missed, and no call made
 */
export async function callAtSlot(
  request: MaveraRequest,
  { startAtMs, lateByMs = Number.POSITIVE_INFINITY, timeoutMs }: CallTime,
  caller: Caller,
  dependencies: RunnerDependencies,
): Promise<MadeCall | undefined> {
  const { now, sleep, mavera, pace, onTrouble } = dependencies;
  const slotAtMs = startAtMs ?? now();
  await sleep(Math.max(0, slotAtMs - now()));
  const startedAtMs = now();
  if (startedAtMs > slotAtMs + lateByMs) {
    return undefined;
  }
  const answer = await mavera.call(request, caller.apiKey, timeoutMs);
  const durationMs = now() - startedAtMs;
  const holdUntilMs = retryAfterHold(answer, now());
  if (holdUntilMs !== undefined) {
    // If the hold is not written, other runs get a 429, which costs nothing.
    await pace
      .holdUntil(holdUntilMs)
      .catch((error: unknown) => onTrouble('the retry-after hold could not be written', error));
  }
  const breaker = await tellBreaker(caller, answer, dependencies);
  return {
    answer,
    report: {
      kind: answer.kind,
      durationMs,
      status: answer.kind === 'answered' ? undefined : statusOf(answer),
      breaker,
    },
  };
}

/** Until when no run may call, as Mavera's answer says; `undefined` if it says nothing. */
export function retryAfterHold(answer: MaveraAnswer, nowMs: number): number | undefined {
  if (answer.kind !== 'answered' && isThrottled(answer)) {
    const retryAfterMs = retryAfterMsOf(answer);
    if (retryAfterMs !== undefined) {
      return nowMs + retryAfterMs;
    }
  }
  const rateLimit = 'rateLimit' in answer ? answer.rateLimit : undefined;
  return rateLimit?.remaining === 0 ? rateLimit.resetAtMs : undefined;
}

/** What an answer says about Mavera. `account`: it refuses all calls of the account; `neither`: it is only busy. */
export type Health = 'well' | 'account' | 'down' | 'neither';

const healthByFault = { request: 'well', account: 'account', passing: 'down' } as const;

/** Reads from one answer how Mavera itself is. */
export function healthOf(answer: MaveraAnswer): Health {
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
  answer: MaveraAnswer,
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
