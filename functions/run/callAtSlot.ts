import type { MaveraAnswer, RateLimitState } from '../mavera/maveraAnswer.ts';
import type { MaveraRequest } from '../mavera/maveraClient.ts';
import type { RunnerDependencies } from './runDependencies.ts';
import type { CallReport } from './runOutcome.ts';

/** When a call is to start; without a slot, now. */
export interface Slot {
  readonly apiKey: string;
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
  { apiKey, startAtMs, lateByMs = Number.POSITIVE_INFINITY }: Slot,
  dependencies: RunnerDependencies,
): Promise<MadeCall | undefined> {
  const { now, sleep, mavera } = dependencies;
  const slotAtMs = startAtMs ?? now();
  await sleep(Math.max(0, slotAtMs - now()));
  const startedAtMs = now();
  if (startedAtMs > slotAtMs + lateByMs) {
    return undefined;
  }
  const answer = await mavera.call(request, apiKey);
  const status = answer.kind === 'refused' ? answer.error.status : undefined;
  const report: CallReport = { kind: answer.kind, durationMs: now() - startedAtMs, status };
  await followRateLimit(answer, dependencies);
  return { answer, report };
}

/** What Mavera says of its limit holds for all environments. Not to be told costs no more than a 429. */
async function followRateLimit(answer: MaveraAnswer, dependencies: RunnerDependencies): Promise<void> {
  const { pace, now, onTrouble } = dependencies;
  const holdUntilMs = holdUntil(answer, now());
  if (holdUntilMs !== undefined) {
    await pace.holdUntil(holdUntilMs).catch((error: unknown) => onTrouble('the pace cannot be held', error));
  }
}

function holdUntil(answer: MaveraAnswer, nowMs: number): number | undefined {
  if (answer.kind === 'refused' && answer.error.status === 429 && answer.error.retryAfterMs !== undefined) {
    return nowMs + answer.error.retryAfterMs;
  }
  const rateLimit: RateLimitState | undefined = 'rateLimit' in answer ? answer.rateLimit : undefined;
  return rateLimit?.remaining === 0 ? rateLimit.resetAtMs : undefined;
}
