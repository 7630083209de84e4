import { writeResult } from '../results/resultMessage.ts';
import { callMavera } from './callMavera.ts';
import { askGates } from './gates/askGates.ts';
import { prepareRequest } from './prepareRequest.ts';
import { recoverAnswer } from './recoverAnswer.ts';
import type { RunDelivery } from './runDelivery.ts';
import type { RunnerDependencies } from './runDependencies.ts';
import type { RunOutcome } from './runOutcome.ts';

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
