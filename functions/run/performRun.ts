import { readSharedState, type SharedState } from '../ledger/sharedState.ts';
import { usageLifetimeMs } from '../ledger/usage.ts';
import { performerOf } from '../mavera/actions/actionPerformers.ts';
import { SecretUnavailableError } from '../secrets/cachedSecret.ts';
import { runFocusGroup } from '../triggers/actions.ts';
import type { Trigger } from '../triggers/trigger.ts';
import { callMavera } from './callMavera.ts';
import { collectEvents } from './collectEvents.ts';
import { ownResults } from './comparison.ts';
import { finishSentWork } from './finishSentWork.ts';
import { possibleBudgetKeys } from './gates/budgetGate.ts';
import type { LeasedRun } from './leasedRun.ts';
import { lookUp, passOnly } from './lookups/lookUp.ts';
import { lookUpAtMavera } from './lookups/lookUpAtMavera.ts';
import { asksMavera, type Given } from './lookups/planLookup.ts';
import { type KnownState, passGates } from './passGates.ts';
import { expectedCreditsOf, ownInput, type RunInput } from './prepareRequest.ts';
import { prepareRun, readKeys } from './prepareRun.ts';
import { refreshUsage } from './refreshUsage.ts';
import type { RunnerDependencies } from './runDependencies.ts';
import { type Ended, ended } from './runOutcome.ts';
import { type SentWork, sentWork } from './sentWork.ts';

/** How long after an event's arrival its trigger may be unknown because of a deployment. */
const deploymentMs = 15 * 60_000;
const newTriggerWaitMs = 60_000;
/** How long a run waits for an operator to fill in the API key. */
const missingKeyWaitMs = 60_000;

/**
 * Performs a leased run: asks the gates, builds its request, calls Mavera once, and records the result. First it
 * finishes what an earlier delivery has sent. A run at its admission gets a slot instead, or is parked.
 *
 * @param readShared reads what is shared by all runs that are admitted together; absent: the run reads it for itself
 * @throws what the AWS SDK throws when ledger or queue do not answer; the message then comes back
 */
export async function performRun(
  run: LeasedRun,
  dependencies: RunnerDependencies,
  readShared?: () => Promise<SharedState>,
): Promise<Ended> {
  const { triggers, now } = dependencies;
  if (now() >= run.message.deadlineAtMs && !run.isLastPoll()) {
    return await expire(run);
  }
  const found = triggers.get(run.message.trigger);
  const sent = run.hasSent ? await readSentWork(run, found, dependencies) : undefined;
  if (found === undefined && sent === undefined) {
    return await endWithoutTrigger(run, dependencies);
  }
  const trigger = found ?? removedTrigger(run.message.trigger);
  const shared = await (readShared ?? (() => readOwn(run, trigger, dependencies)))();
  run.knowDispatcher(shared.dispatcher);
  const known = { trigger, shared };
  if ((await passFirstGates(run, known, dependencies)) === ended) {
    return ended;
  }
  if (sent !== undefined) {
    const finished = await finishSent(run, found, known, sent, dependencies);
    if (finished === ended) {
      return ended;
    }
  }
  return found === undefined
    ? await endWithoutTrigger(run, dependencies)
    : await performNew(run, { ...known, trigger: found }, dependencies);
}

/** Asks the gates that come before anything is prepared. The keys are computed for those that need them alone. */
async function passFirstGates(
  run: LeasedRun,
  known: KnownState,
  dependencies: RunnerDependencies,
): Promise<Ended | undefined> {
  const { gates } = dependencies;
  const first = [
    ...(run.hasBegun ? [] : gates.first),
    ...(run.isLastPoll() ? [] : gates.always),
    ...(run.hasBegun ? [] : gates.before),
  ];
  if ((await passGates(first, run, known, dependencies)) === ended) {
    return ended;
  }
  const { trigger } = known;
  if (run.hasBegun || trigger.cancelledBy === undefined) {
    return undefined;
  }
  const keys = run.keys ?? readKeys(trigger, run);
  if (typeof keys === 'string') {
    return await run.fail({ reason: 'builder_failed', detail: keys });
  }
  run.setKeys(keys);
  const expected = { keys, estimatedCredits: 0 };
  const pass = await passGates(gates.cancel, run, known, dependencies, expected);
  return pass === ended ? ended : undefined;
}

async function performNew(
  run: LeasedRun,
  known: KnownState,
  dependencies: RunnerDependencies,
): Promise<Ended> {
  const { gates, now } = dependencies;
  const { trigger } = known;
  const begun = await beginNew(run, trigger, dependencies);
  if (begun === ended) {
    return ended;
  }
  if (run.isAdmission) {
    return await admit(run, known, dependencies);
  }
  const asked =
    trigger.with !== undefined && asksMavera(trigger)
      ? await askMaveraFirst(run, known, begun, dependencies)
      : undefined;
  if (asked === ended) {
    return ended;
  }
  const { input, given } = asked ?? begun;
  run.beginToClaim();
  const prepared = await prepareRun(run, trigger, input.events, given, dependencies);
  if (prepared === ended) {
    return ended;
  }
  const apiKey = asked?.apiKey ?? (await readApiKey(run, dependencies));
  if (apiKey === ended) {
    return ended;
  }
  const { usage } = known.shared;
  const isUsageKnown = usage !== undefined && now() - usage.readAtMs <= usageLifetimeMs;
  const state = { ...known, slotIsUsed: asked?.slotIsUsed === true };
  const current =
    isUsageKnown || state.slotIsUsed
      ? state
      : { ...state, ...(await refreshUsage(run, known.shared, apiKey, dependencies)) };
  const pass = await passGates(gates.call, run, current, dependencies, prepared);
  return pass === ended ? ended : await callMavera({ run, ...current, prepared, pass, apiKey }, dependencies);
}

/** What a new run is made for, and what its trigger's functions are given. */
interface BegunRun {
  readonly input: RunInput;
  readonly given: Given;
}

/** Looks up what the trigger wants to know, asks whether the run is wanted, and collects. */
async function beginNew(
  run: LeasedRun,
  trigger: Trigger,
  dependencies: RunnerDependencies,
): Promise<BegunRun | Ended> {
  const looked = trigger.with === undefined ? {} : await lookUp(run, trigger, dependencies);
  if (looked === ended) {
    return ended;
  }
  const { after } = run.message;
  const results = after === undefined ? undefined : ownResults(run.message, trigger, dependencies);
  const own = { ...looked, ...resultsOf(trigger, { ...ownInput(run.message), results }) };
  // What Mavera is asked is known at the slot only. By then a run that collects has the events of others too.
  const isAsked =
    trigger.only !== undefined && !run.hasBegun && (trigger.collect !== undefined || !asksMavera(trigger));
  if (isAsked && (await passOnly(run, trigger, own, dependencies)) === ended) {
    return ended;
  }
  // A run that has joined a collection stays with it, even if its trigger no longer collects.
  const collects = trigger.collect !== undefined || run.soFar.collection !== undefined;
  const input = collects ? await collectEvents(run, trigger, dependencies) : ownInput(run.message);
  return input === ended
    ? ended
    : { input, given: { ...looked, ...resultsOf(trigger, input), ...input.counters } };
}

/** Makes the lookups that ask Mavera, and asks then whether the run is wanted, unless it has collected. */
async function askMaveraFirst(
  run: LeasedRun,
  known: KnownState,
  { input, given }: BegunRun,
  dependencies: RunnerDependencies,
): Promise<(BegunRun & { readonly apiKey: string; readonly slotIsUsed: boolean }) | Ended> {
  const apiKey = await readApiKey(run, dependencies);
  if (apiKey === ended) {
    return ended;
  }
  const asked = await lookUpAtMavera(run, known, apiKey, dependencies);
  if (asked === ended) {
    return ended;
  }
  const all = { ...given, ...asked.given };
  const isAsked = !run.hasBegun && known.trigger.collect === undefined;
  if (isAsked && (await passOnly(run, known.trigger, all, dependencies)) === ended) {
    return ended;
  }
  return { input, given: all, apiKey, slotIsUsed: asked.slotIsUsed };
}

/** The result that a run follows; all of them, if its trigger collects. */
function resultsOf({ collect }: Trigger, { results }: RunInput): Given {
  if (results === undefined) {
    return {};
  }
  return collect === undefined ? { result: results[0] } : { results };
}

/** Gives a run its slot, or has it parked. The request is built at the slot, from what is true by then. */
async function admit(run: LeasedRun, known: KnownState, dependencies: RunnerDependencies): Promise<Ended> {
  const keys = run.keys ?? readKeys(known.trigger, run);
  if (typeof keys === 'string') {
    return await run.fail({ reason: 'builder_failed', detail: keys });
  }
  run.setKeys(keys);
  run.beginToClaim();
  const { run: action } = known.trigger;
  const expected = {
    keys,
    estimatedCredits: expectedCreditsOf(known.trigger),
    performer: performerOf(action),
  };
  // The last of these gates passes no run.
  await passGates(dependencies.gates.admission, run, known, dependencies, expected);
  return ended;
}

/** What is shared, as far as the run has to know it. With a slot of its own it enters its cap, and does not look first. */
function readOwn(
  { message: { runId, slotAtMs } }: LeasedRun,
  trigger: Trigger,
  { ledger, settings, now }: RunnerDependencies,
): Promise<SharedState> {
  const budgetKeys = possibleBudgetKeys(trigger, settings.overallBudget, now());
  const looksFirst = slotAtMs === undefined && performerOf(trigger.run)?.cap !== undefined;
  const action = looksFirst ? trigger.run.kind : undefined;
  return readSharedState(ledger, { action, runId, budgetKeys, mayBeLate: true, nowMs: now() });
}

/** Reads what an earlier delivery has sent; the request comes from the ledger. */
async function readSentWork(
  { message, soFar }: LeasedRun,
  trigger: Trigger | undefined,
  { runs }: RunnerDependencies,
): Promise<SentWork | undefined> {
  const request = soFar.lostCallAtMs === undefined ? undefined : await runs.readRequest(message.runId);
  return sentWork(soFar, request, trigger);
}

async function finishSent(
  run: LeasedRun,
  trigger: Trigger | undefined,
  known: KnownState,
  sent: SentWork,
  dependencies: RunnerDependencies,
): Promise<Ended | undefined> {
  const { gates } = dependencies;
  const apiKey = await readApiKey(run, dependencies);
  if (apiKey === ended) {
    return ended;
  }
  const pass = await passGates(sent.kind === 'pending' ? gates.poll : gates.search, run, known, dependencies);
  return pass === ended
    ? ended
    : await finishSentWork({ run, trigger, shared: known.shared, sent, pass, apiKey }, dependencies);
}

async function expire(run: LeasedRun): Promise<Ended> {
  return await run.fail({
    reason: 'expired',
    detail: 'The run was not finished by its deadline',
    answerLost: run.hasSent,
    spent: run.hasSent ? 'estimate' : 'nothing',
  });
}

/** During a deployment a new receiver may send to an old runner, so the run waits. Later the trigger is gone. */
async function endWithoutTrigger(run: LeasedRun, { now }: RunnerDependencies): Promise<Ended> {
  const { trigger, receivedAtMs } = run.message;
  if (now() < receivedAtMs + deploymentMs) {
    return await run.wait({ untilMs: now() + newTriggerWaitMs, reason: 'trigger_unknown' });
  }
  const detail = `There is no trigger "${trigger}" in the triggers file`;
  return await run.fail({ reason: 'trigger_unknown', detail });
}

/** Replaces a trigger that is gone, while what it has sent is finished. */
function removedTrigger(name: string): Trigger {
  return { name, when: '', run: runFocusGroup(() => ({ workspace_id: '' })) };
}

/** Reads Mavera's API key. The run waits while the key is not filled in or cannot be read. */
async function readApiKey(
  run: LeasedRun,
  { maveraSecret, now, random }: RunnerDependencies,
): Promise<string | Ended> {
  try {
    return (await maveraSecret.get()).apiKey;
  } catch (error) {
    if (!(error instanceof SecretUnavailableError)) {
      throw error;
    }
    // One to two minutes, so that not all runs come back at once.
    const untilMs = now() + missingKeyWaitMs * (1 + random());
    return await run.wait({ untilMs, reason: 'api_key_unavailable' });
  }
}
