import type { ActionPerformer } from '../mavera/actions/actionPerformer.ts';
import type { MaveraAnswer, RateLimitState } from '../mavera/maveraAnswer.ts';
import type { MaveraRequest } from '../mavera/maveraClient.ts';
import { writeResult } from '../results/resultMessage.ts';
import { describeSchemaError, isSchemaError } from '../schema/schemaError.ts';
import { askGates } from './gates/askGates.ts';
import { prepareRequest } from './prepareRequest.ts';
import { readApiKey, waitForApiKey } from './readApiKey.ts';
import { recoverAnswer } from './recoverAnswer.ts';
import { decideRetry } from './retryDecision.ts';
import type { RunDelivery } from './runDelivery.ts';
import type { RunnerDependencies } from './runDependencies.ts';
import type { CallReport, RunOutcome } from './runOutcome.ts';

/**
 * Performs a run that this delivery holds: builds its request, asks the gates, calls Mavera once, and records
 * and publishes what came of it.
 *
 * @param taken what earlier deliveries have left
 * @throws what the AWS SDK throws when ledger, queue or topic do not answer; the message then comes back
 */
export async function performRun(
  delivery: RunDelivery,
  taken: TakenBefore,
  dependencies: RunnerDependencies,
): Promise<RunOutcome> {
  const { message } = delivery;
  const { now, triggers, settings } = dependencies;
  if (now() >= message.deadlineAtMs) {
    return await delivery.fail('expired', 'The run waited beyond its deadline');
  }
  const trigger = triggers.get(message.trigger);
  if (trigger === undefined) {
    return await delivery.fail(
      'trigger_unknown',
      `There is no trigger "${message.trigger}" in the triggers file`,
    );
  }
  const prepared = prepareRequest(trigger, message.event, message.runId);
  if (!prepared.ok) {
    return await delivery.fail(prepared.reason, prepared.detail);
  }
  const { request, estimatedCredits, performer } = prepared;
  if (taken.lostCallAtMs !== undefined) {
    const lost = { request, runId: message.runId, startedAtMs: taken.lostCallAtMs };
    const recovery = await recoverAnswer(performer, lost, dependencies);
    if (recovery.kind === 'wait') {
      return await delivery.wait(recovery);
    }
    if (recovery.kind === 'found') {
      const { creditsUsed, result } = recovery.result;
      return {
        ...(await delivery.finish({ state: 'done', creditsUsed, result: writeResult(result) })),
        recovery: 'found',
      };
    }
    if (taken.attempts >= settings.maxAttempts) {
      return await delivery.fail(
        'attempts_exhausted',
        `${taken.attempts} calls; the answer of the last was lost, and its work is not at Mavera`,
      );
    }
  }
  const decision = await askGates(dependencies.gates, {
    message,
    trigger,
    request,
    estimatedCredits,
    nowMs: now(),
  });
  switch (decision.kind) {
    case 'skip':
      return await delivery.skip(decision.reason);
    case 'wait':
      return await delivery.wait(decision);
    case 'pass':
      return {
        ...(await callMavera(
          delivery,
          { performer, request, attempts: taken.attempts, ...decision },
          dependencies,
        )),
        recovery: taken.lostCallAtMs === undefined ? undefined : 'not_found',
      };
  }
}

/** What earlier deliveries of a run have left. */
export interface TakenBefore {
  /** Calls made. */
  readonly attempts: number;
  /** Start of a call whose answer did not arrive, in epoch milliseconds. */
  readonly lostCallAtMs?: number | undefined;
}

interface Call {
  readonly performer: ActionPerformer;
  readonly request: MaveraRequest;
  readonly attempts: number;
  readonly startAtMs?: number | undefined;
  readonly lateByMs?: number | undefined;
}

async function callMavera(
  delivery: RunDelivery,
  call: Call,
  dependencies: RunnerDependencies,
): Promise<RunOutcome> {
  const { now, sleep, mavera } = dependencies;
  const apiKey = await readApiKey(dependencies);
  if (apiKey === undefined) {
    return await delivery.wait(waitForApiKey(now()));
  }
  await delivery.markCalling();
  const { startAtMs = now(), lateByMs = Number.POSITIVE_INFINITY } = call;
  await sleep(Math.max(0, startAtMs - now()));
  if (now() > startAtMs + lateByMs) {
    const notMade = { counts: false, answerLost: false };
    return await delivery.wait({ untilMs: now(), reason: 'slot_missed' }, notMade);
  }
  const startedAtMs = now();
  const answer = await mavera.call(call.request, apiKey);
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
    await maveraSecret.refreshEarly();
  }
  const wait = { untilMs: now() + decision.delayMs, reason: decision.reason };
  return await delivery.wait(wait, { counts: decision.counts, answerLost: answer.kind === 'lost' });
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
