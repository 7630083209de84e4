import type { EndedCall } from '../ledger/runTransitions.ts';
import type { Trigger } from '../triggers/trigger.ts';
import { callMavera } from './callMavera.ts';
import { collectEvents } from './collectEvents.ts';
import { askGates } from './gates/askGates.ts';
import type { Gate } from './gates/gate.ts';
import type { LeasedRun } from './leasedRun.ts';
import { pollPending } from './pollPending.ts';
import { type PreparedRun, prepareRun } from './prepareRun.ts';
import { readApiKey, waitForApiKey } from './readApiKey.ts';
import { recoverLostAnswer } from './recoverLostAnswer.ts';
import { refreshUsage } from './refreshUsage.ts';
import type { RunnerDependencies } from './runDependencies.ts';
import type { RunOutcome, Step } from './runOutcome.ts';
import { gatedRun, type RunScene } from './runScene.ts';

/** How long after an event's arrival its trigger may be missing because of a deployment. */
const deploymentMs = 15 * 60_000;
const newTriggerWaitMs = 60_000;

/**
 * Performs a run that this delivery holds: asks the gates, builds its request, calls Mavera once, and records and
 * publishes what came of it. Whatever an earlier delivery has begun is found out or finished first.
 *
 * @throws what the AWS SDK throws when ledger, queue or topic do not answer; the message then comes back
 */
export async function performRun(delivery: LeasedRun, dependencies: RunnerDependencies): Promise<RunOutcome> {
  const found = await findTrigger(delivery, dependencies);
  if (found.ended !== undefined) {
    return found.ended;
  }
  const { trigger } = found;
  const { gates, readSharedState, now } = dependencies;
  const shared = await readSharedState(trigger, delivery.message.runId, now());
  const scene: RunScene = { delivery, trigger, shared };
  const early = await passGates(scene, [...gates.always, ...(hasBegun(delivery) ? [] : gates.before)], now());
  if (early !== undefined) {
    return early;
  }
  const gathered = await collectEvents(delivery, trigger, dependencies);
  if (gathered.ended !== undefined) {
    return gathered.ended;
  }
  const prepared = await prepareRun(delivery, trigger, gathered, dependencies);
  if (prepared.ended !== undefined) {
    return prepared.ended;
  }
  return { ...(await performPrepared(scene, prepared, dependencies)), collected: prepared.collected };
}

async function findTrigger(
  delivery: LeasedRun,
  { now, triggers }: RunnerDependencies,
): Promise<Step<{ readonly trigger: Trigger }>> {
  const { message, soFar } = delivery;
  if (now() >= message.deadlineAtMs) {
    const detail = 'The run waited beyond its deadline';
    const answerLost = soFar.lostCallAtMs !== undefined;
    const spent = answerLost || soFar.pending !== undefined ? 'estimate' : 'nothing';
    return { ended: await delivery.fail({ reason: 'expired', detail, answerLost, spent }) };
  }
  const trigger = triggers.get(message.trigger);
  if (trigger !== undefined) {
    return { trigger };
  }
  // While a deployment is under way, a new receiver may meet an old runner.
  if (now() < message.receivedAtMs + deploymentMs) {
    const untilMs = now() + newTriggerWaitMs;
    return { ended: await delivery.wait({ untilMs, reason: 'trigger_unknown' }) };
  }
  const detail = `There is no trigger "${message.trigger}" in the triggers file`;
  return { ended: await delivery.fail({ reason: 'trigger_unknown', detail }) };
}

/** Whether something was done for the run that may not be left as it is. */
function hasBegun({ soFar }: LeasedRun): boolean {
  return soFar.lostCallAtMs !== undefined || soFar.pending !== undefined || soFar.collection !== undefined;
}

async function performPrepared(
  scene: RunScene,
  prepared: PreparedRun,
  dependencies: RunnerDependencies,
): Promise<RunOutcome> {
  const { delivery } = scene;
  const { soFar } = delivery;
  const apiKey = await readApiKey(dependencies);
  if (apiKey === undefined) {
    return await delivery.wait(waitForApiKey(dependencies.now(), dependencies.random));
  }
  if (soFar.pending !== undefined) {
    return await pollPending(scene, prepared, soFar.pending, apiKey, dependencies);
  }
  const recovered = await recoverLostAnswer(scene, prepared, apiKey, dependencies);
  if (recovered !== undefined) {
    return recovered;
  }
  const current = await refreshUsage(scene, apiKey, dependencies);
  const { usage } = current.shared;
  const outcome = await askAndCall(current, prepared, apiKey, dependencies);
  return usage === scene.shared.usage
    ? outcome
    : { ...outcome, accountCreditsRemaining: usage?.creditsRemaining };
}

async function askAndCall(
  scene: RunScene,
  prepared: PreparedRun,
  apiKey: string,
  dependencies: RunnerDependencies,
): Promise<RunOutcome> {
  const { delivery } = scene;
  const decision = await askGates(dependencies.gates.call, gatedRun(scene, dependencies.now(), prepared));
  const { gate, budgetUsedPercent } = decision;
  switch (decision.kind) {
    case 'skip':
      return { ...(await delivery.skip(decision.reason, decision.detail)), gate, budgetUsedPercent };
    case 'wait':
      return { ...(await delivery.wait(decision, settledCall(delivery))), gate, budgetUsedPercent };
    case 'pass': {
      const outcome = await callMavera(scene, { ...prepared, ...decision, apiKey }, dependencies);
      const recovery = delivery.soFar.lostCallAtMs === undefined ? undefined : 'not_found';
      return { ...outcome, recovery, budgetUsedPercent };
    }
  }
}

/** The outcome of a run that a gate has stopped; `undefined` when it passes them. */
async function passGates(
  scene: RunScene,
  gates: readonly Gate[],
  nowMs: number,
): Promise<RunOutcome | undefined> {
  const { delivery } = scene;
  const decision = await askGates(gates, gatedRun(scene, nowMs));
  switch (decision.kind) {
    case 'pass':
      return undefined;
    case 'skip':
      return { ...(await delivery.skip(decision.reason, decision.detail)), gate: decision.gate };
    case 'wait':
      return { ...(await delivery.wait(decision)), gate: decision.gate };
  }
}

/**
 * A lost call whose work was looked for and not found is over: when the run comes back for its slot, it is not looked
 * for again, or the slot would be missed each time.
 */
function settledCall({ soFar: { attempts, lostCallAtMs } }: LeasedRun): EndedCall | undefined {
  return lostCallAtMs === undefined ? undefined : { attempts, answerLost: false };
}
