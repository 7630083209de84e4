import type { EndedCall } from '../ledger/runTransitions.ts';
import type { ActionPerformer } from '../mavera/actions/actionPerformer.ts';
import type { MaveraRequest } from '../mavera/maveraClient.ts';
import { writeResult } from '../results/resultMessage.ts';
import { callMavera } from './callMavera.ts';
import { askGates } from './gates/askGates.ts';
import { prepareRequest } from './prepareRequest.ts';
import { readApiKey, waitForApiKey } from './readApiKey.ts';
import { recoverAnswer } from './recoverAnswer.ts';
import type { RunDelivery } from './runDelivery.ts';
import type { RunnerDependencies } from './runDependencies.ts';
import type { RunOutcome } from './runOutcome.ts';

/** How long after an event's arrival its trigger may be missing because of a deployment. */
const deploymentMs = 15 * 60_000;
const newTriggerWaitMs = 60_000;

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
  const { now, triggers } = dependencies;
  if (now() >= message.deadlineAtMs) {
    return await delivery.fail('expired', 'The run waited beyond its deadline');
  }
  const trigger = triggers.get(message.trigger);
  if (trigger === undefined) {
    // While a deployment is under way, a new receiver may meet an old runner.
    return now() < message.receivedAtMs + deploymentMs
      ? await delivery.wait({ untilMs: now() + newTriggerWaitMs, reason: 'trigger_unknown' })
      : await delivery.fail(
          'trigger_unknown',
          `There is no trigger "${message.trigger}" in the triggers file`,
        );
  }
  const prepared = prepareRequest(trigger, message.event, message.runId);
  if (!prepared.ok) {
    return await delivery.fail(prepared.reason, prepared.detail);
  }
  const { request, estimatedCredits, performer } = prepared;
  const apiKey = await readApiKey(dependencies);
  if (apiKey === undefined) {
    return await delivery.wait(waitForApiKey(now(), dependencies.random));
  }
  const recovered = await lookForLostAnswer(delivery, taken, performer, request, apiKey, dependencies);
  if (recovered !== undefined) {
    return recovered;
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
      return await delivery.wait(decision, settledCall(taken));
    case 'pass':
      return {
        ...(await callMavera(
          delivery,
          { performer, request, apiKey, attempts: taken.attempts, ...decision },
          dependencies,
        )),
        recovery: taken.lostCallAtMs === undefined ? undefined : 'not_found',
      };
  }
}

/**
 * A lost call whose work was looked for and not found is over: when the run comes back for its slot, it is not looked
 * for again, or the slot would be missed each time.
 */
function settledCall({ attempts, lostCallAtMs }: TakenBefore): EndedCall | undefined {
  return lostCallAtMs === undefined ? undefined : { attempts, answerLost: false };
}

/** The outcome of a run whose earlier call lost its answer; `undefined` when it is to be called (again). */
async function lookForLostAnswer(
  delivery: RunDelivery,
  { attempts, lostCallAtMs }: TakenBefore,
  performer: ActionPerformer,
  request: MaveraRequest,
  apiKey: string,
  dependencies: RunnerDependencies,
): Promise<RunOutcome | undefined> {
  if (lostCallAtMs === undefined) {
    return undefined;
  }
  const lost = { request, runId: delivery.message.runId, startedAtMs: lostCallAtMs };
  const recovery = await recoverAnswer(performer, lost, apiKey, dependencies);
  if (recovery.kind === 'wait') {
    return await delivery.wait(recovery);
  }
  if (recovery.kind === 'found') {
    const { creditsUsed, result } = recovery.result;
    const outcome = await delivery.finish({ state: 'done', creditsUsed, result: writeResult(result) });
    return { ...outcome, recovery: 'found' };
  }
  return attempts < dependencies.settings.maxAttempts
    ? undefined
    : await delivery.fail(
        'attempts_exhausted',
        `No call is left of ${attempts}: the answer of the last was lost or unreadable, and its work is not at Mavera`,
      );
}

/** What earlier deliveries of a run have left. */
export interface TakenBefore {
  /** Calls made. */
  readonly attempts: number;
  /** Start of a call whose answer did not arrive, in epoch milliseconds. */
  readonly lostCallAtMs?: number | undefined;
}
