import type { ActionPerformer } from '../mavera/actions/actionPerformer.ts';
import { faultOf, type MaveraAnswer, type RateLimitState } from '../mavera/maveraAnswer.ts';
import type { MaveraRequest } from '../mavera/maveraClient.ts';
import { writeResult } from '../results/resultMessage.ts';
import { describeSchemaError, isSchemaError } from '../schema/schemaError.ts';
import { decideRetry } from './retryDecision.ts';
import type { RunDelivery } from './runDelivery.ts';
import type { RunnerDependencies } from './runDependencies.ts';
import type { CallReport, RunOutcome } from './runOutcome.ts';

/** What it takes to record an answer, with a ledger that is slow. */
const recordingMs = 5_000;
/** How long everybody stands back when the account is at fault. */
const accountHoldMs = 60_000;

/** A call that the gates have let pass. */
export interface Call {
  readonly performer: ActionPerformer;
  readonly request: MaveraRequest;
  readonly apiKey: string;
  /** Calls made before that count. */
  readonly attempts: number;
  readonly startAtMs?: number | undefined;
  readonly lateByMs?: number | undefined;
}

/**
 * Calls Mavera once, at the moment that the pace has reserved, and deals with whatever comes of it: an answer is
 * recorded and published, what passes is tried again later, what does not is given up.
 */
export async function callMavera(
  delivery: RunDelivery,
  call: Call,
  dependencies: RunnerDependencies,
): Promise<RunOutcome> {
  const { now, sleep, mavera, settings } = dependencies;
  const notMade = { attempts: call.attempts, answerLost: false };
  if (delivery.remainingMs() < settings.maveraTimeoutMs + recordingMs) {
    return await delivery.wait({ untilMs: now(), reason: 'invocation_too_old' }, notMade);
  }
  await delivery.markCalling(call.attempts + 1);
  const { startAtMs = now(), lateByMs = Number.POSITIVE_INFINITY } = call;
  await sleep(Math.max(0, startAtMs - now()));
  if (now() > startAtMs + lateByMs) {
    return await delivery.wait({ untilMs: now(), reason: 'slot_missed' }, notMade);
  }
  const startedAtMs = now();
  const answer = await mavera.call(call.request, call.apiKey);
  const report = reportOf(answer, now() - startedAtMs);
  await followRateLimit(answer, dependencies);
  return { ...(await settle(delivery, call, answer, dependencies)), call: report };
}

async function settle(
  delivery: RunDelivery,
  call: Call,
  answer: MaveraAnswer,
  { settings, random, now, maveraSecret }: RunnerDependencies,
): Promise<RunOutcome> {
  if (answer.kind === 'answered') {
    return await settleSuccess(delivery, call, answer.json);
  }
  const decision = decideRetry(answer, {
    attempts: call.attempts + 1,
    maxAttempts: settings.maxAttempts,
    random,
  });
  if (decision.kind === 'fail') {
    return await delivery.fail(decision.reason, decision.detail);
  }
  if (answer.kind === 'refused' && answer.error.status === 401) {
    // The key may have been replaced; if it cannot be read, the next delivery will tell.
    await maveraSecret.refreshEarly().catch(() => undefined);
  }
  const wait = { untilMs: now() + decision.delayMs, reason: decision.reason };
  const attempts = { as_none: call.attempts, as_one: call.attempts + 1, as_last: settings.maxAttempts };
  const answerLost = answer.kind === 'lost' || answer.kind === 'unreadable';
  return await delivery.wait(wait, { attempts: attempts[decision.counts], answerLost });
}

/** Credits are spent: whatever the answer looks like, the call is not made again. */
async function settleSuccess(delivery: RunDelivery, { performer }: Call, json: unknown): Promise<RunOutcome> {
  try {
    const { creditsUsed, result } = performer.readAnswer(json);
    return await delivery.finish({ state: 'done', creditsUsed, result: writeResult(result) });
  } catch (error) {
    if (!isSchemaError(error)) {
      throw error;
    }
    const detail = `Mavera's answer is not as documented: ${describeSchemaError(error)}`;
    return await delivery.fail('answer_unreadable', detail, writeResult({ answer: json }));
  }
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
  if (answer.kind === 'refused' && faultOf(answer.error) === 'account') {
    return nowMs + accountHoldMs;
  }
  if (answer.kind === 'refused' && answer.error.status === 429 && answer.error.retryAfterMs !== undefined) {
    return nowMs + answer.error.retryAfterMs;
  }
  const rateLimit: RateLimitState | undefined = 'rateLimit' in answer ? answer.rateLimit : undefined;
  return rateLimit?.remaining === 0 ? rateLimit.resetAtMs : undefined;
}

function reportOf(answer: MaveraAnswer, durationMs: number): CallReport {
  const status = answer.kind === 'refused' ? answer.error.status : undefined;
  return { kind: answer.kind, durationMs, status };
}
