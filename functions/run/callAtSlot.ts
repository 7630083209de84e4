import { isThrottled, type MaveraAnswer, retryAfterMsOf, statusOf } from '../mavera/maveraAnswer.ts';
import type { MaveraRequest } from '../mavera/maveraClient.ts';
import type { RunnerDependencies } from './runDependencies.ts';
import type { CallReport } from './runOutcome.ts';

/** When a call is to start; without a slot, now. */
export interface CallTime {
  readonly startAtMs?: number | undefined;
  readonly lateByMs?: number | undefined;
}

/** A call that was made. */
export interface MadeCall {
  readonly answer: MaveraAnswer;
  readonly report: CallReport;
}

/**
 * Waits for a slot that is near, calls Mavera once, and passes on to all environments what it says of its rate limit.
 *
 * @returns `undefined` when the slot was missed, and no call made
 */
export async function callAtSlot(
  request: MaveraRequest,
  { startAtMs, lateByMs = Number.POSITIVE_INFINITY }: CallTime,
  apiKey: string,
  { now, sleep, mavera, pace, onTrouble }: RunnerDependencies,
): Promise<MadeCall | undefined> {
  const slotAtMs = startAtMs ?? now();
  await sleep(Math.max(0, slotAtMs - now()));
  const startedAtMs = now();
  if (startedAtMs > slotAtMs + lateByMs) {
    return undefined;
  }
  const answer = await mavera.call(request, apiKey);
  const durationMs = now() - startedAtMs;
  const report: CallReport = { kind: answer.kind, durationMs, status: statusOf(answer) };
  const holdUntilMs = retryAfterHold(answer, now());
  if (holdUntilMs !== undefined) {
    // Without the hold others run into a 429, which costs nothing.
    await pace.holdUntil(holdUntilMs).catch((error: unknown) => onTrouble('the pace cannot be held', error));
  }
  return { answer, report };
}

/** Until when nobody may call, as Mavera's answer says; `undefined` when it does not ask for it. */
export function retryAfterHold(answer: MaveraAnswer, nowMs: number): number | undefined {
  const retryAfterMs = retryAfterMsOf(answer);
  if (isThrottled(answer) && retryAfterMs !== undefined) {
    return nowMs + retryAfterMs;
  }
  const rateLimit = 'rateLimit' in answer ? answer.rateLimit : undefined;
  return rateLimit?.remaining === 0 ? rateLimit.resetAtMs : undefined;
}
