import type { EndedCall } from '../ledger/runs.ts';
import { readSharedState, type SharedState } from '../ledger/sharedState.ts';
import { usageLifetimeMs } from '../ledger/usage.ts';
import { SecretUnavailableError } from '../secrets/cachedSecret.ts';
import { runFocusGroup } from '../triggers/actions.ts';
import type { Trigger } from '../triggers/trigger.ts';
import { callMavera } from './callMavera.ts';
import { type CollectedEvents, collectEvents } from './collectEvents.ts';
import { finishSentWork } from './finishSentWork.ts';
import { possibleBudgetKeys } from './gates/budgetGate.ts';
import { askGates, type Gate, type GatedRun, type Pass } from './gates/gate.ts';
import type { LeasedRun } from './leasedRun.ts';
import { type PreparedRun, prepareRun } from './prepareRun.ts';
import { refreshUsage } from './refreshUsage.ts';
import type { RunnerDependencies } from './runDependencies.ts';
import { type Ended, ended } from './runOutcome.ts';
import { type SentWork, sentWork } from './sentWork.ts';

/** How long after an event's arrival its trigger may be missing because of a deployment. */
const deploymentMs = 15 * 60_000;
const newTriggerWaitMs = 60_000;
/** How long a run waits for an operator to fill in the API key. */
const missingKeyWaitMs = 60_000;

/** For how long after it began a run may still poll work at Mavera that has outlasted the run's deadline. */
const longestPollMs = 24 * 3_600_000;
/** How much time such a run gets for its last poll. */
const lastPollMs = 15 * 60_000;

/** What a run has to go by. */
interface KnownState {
  readonly trigger: Trigger;
  readonly shared: SharedState;
  /** Whether the run's own slot was used for another call. */
  readonly slotIsUsed?: boolean;
}

/**
 * Performs a leased run: asks the gates, builds its request, calls Mavera once, and records the result. What an earlier
 * delivery has sent is brought to its end first.
 *
 * @throws what the AWS SDK throws when ledger or queue do not answer; the message then comes back
 */
export async function performRun(run: LeasedRun, dependencies: RunnerDependencies): Promise<Ended> {
  const { triggers, gates, ledger, settings, now } = dependencies;
  if (now() >= run.message.deadlineAtMs && !isLastPoll(run, now())) {
    return await expire(run);
  }
  const found = triggers.get(run.message.trigger);
  const sent = await readSentWork(run, found, dependencies);
  if (found === undefined && sent === undefined) {
    return await endWithoutTrigger(run, dependencies);
  }
  const trigger = found ?? removedTrigger(run.message.trigger);
  const shared = await readSharedState(ledger, {
    action: trigger.run.kind,
    runId: run.message.runId,
    budgetKeys: possibleBudgetKeys(trigger, settings.overallBudget, now()),
    nowMs: now(),
  });
  const known = { trigger, shared };
  const early = [...(isLastPoll(run, now()) ? [] : gates.always), ...(run.hasBegun ? [] : gates.before)];
  if ((await passGates(early, run, known, dependencies)) === ended) {
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

async function performNew(
  run: LeasedRun,
  known: KnownState,
  dependencies: RunnerDependencies,
): Promise<Ended> {
  const { gates, now } = dependencies;
  const { trigger } = known;
  // A run that has joined a collection stays with it, even if its trigger no longer collects.
  const collects = trigger.collect !== undefined || run.soFar.collection !== undefined;
  const events: CollectedEvents | Ended = collects
    ? await collectEvents(run, trigger, dependencies)
    : [run.message.event];
  if (events === ended) {
    return ended;
  }
  const prepared = await prepareRun(run, trigger, events, dependencies);
  if (prepared === ended) {
    return ended;
  }
  const apiKey = await readApiKey(run, dependencies);
  if (apiKey === ended) {
    return ended;
  }
  const { usage } = known.shared;
  const isUsageKnown = usage !== undefined && now() - usage.readAtMs <= usageLifetimeMs;
  const current = isUsageKnown
    ? known
    : { ...known, ...(await refreshUsage(run, known.shared, apiKey, dependencies)) };
  const pass = await passGates(gates.call, run, current, dependencies, prepared);
  return pass === ended ? ended : await callMavera({ run, ...current, prepared, pass, apiKey }, dependencies);
}

/** What an earlier delivery has sent, with the request as the ledger has kept it. */
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
  const { lostCallAtMs, pending } = run.soFar;
  const answerLost = lostCallAtMs !== undefined;
  const spent = answerLost || pending !== undefined ? 'estimate' : 'nothing';
  return await run.fail({
    reason: 'expired',
    detail: 'The run waited beyond its deadline',
    answerLost,
    spent,
  });
}

/** While a deployment is under way, a new receiver may send to an old runner; later the trigger is gone. */
async function endWithoutTrigger(run: LeasedRun, { now }: RunnerDependencies): Promise<Ended> {
  const { trigger, receivedAtMs } = run.message;
  if (now() < receivedAtMs + deploymentMs) {
    return await run.wait({ untilMs: now() + newTriggerWaitMs, reason: 'trigger_unknown' });
  }
  const detail = `There is no trigger "${trigger}" in the triggers file`;
  return await run.fail({ reason: 'trigger_unknown', detail });
}

/** Stands for a trigger that is gone, while what it has sent is brought to its end. */
function removedTrigger(name: string): Trigger {
  return { name, when: '', run: runFocusGroup(() => ({ workspace_id: '' })) };
}

/** Work at Mavera is paid for: after the deadline it is polled once more, whatever is paused. */
function isLastPoll({ message, soFar: { pending } }: LeasedRun, nowMs: number): boolean {
  return pending !== undefined && nowMs >= message.deadlineAtMs && nowMs < pending.sinceMs + longestPollMs;
}

/** Asks the gates; a run that they stop waits, or is skipped. */
async function passGates(
  gates: readonly Gate[],
  run: LeasedRun,
  known: KnownState,
  { now }: RunnerDependencies,
  prepared?: PreparedRun,
): Promise<Pass | Ended> {
  const { gate, budgetUsedPercent, ...decision } = await askGates(
    gates,
    gatedRun(run, known, now(), prepared),
  );
  run.report({ gate, budgetUsedPercent });
  switch (decision.kind) {
    case 'pass':
      return decision;
    case 'skip':
      return await run.skip(decision.reason, decision.detail);
    case 'wait': {
      const deadlineAtMs = isLastPoll(run, now()) ? now() + lastPollMs : undefined;
      return await run.wait({ ...decision, deadlineAtMs }, prepared && recoveredCall(run));
    }
  }
}

/**
 * A lost call whose work was searched for and not found is over. When the run comes back for its slot, it is not
 * searched for again, because the search would make the run miss the slot each time.
 */
function recoveredCall({ soFar: { attempts, lostCallAtMs } }: LeasedRun): EndedCall | undefined {
  return lostCallAtMs === undefined ? undefined : { attempts, answerLost: false };
}

/** A run as the gates see it. */
function gatedRun(
  run: LeasedRun,
  { trigger, shared, slotIsUsed = false }: KnownState,
  nowMs: number,
  prepared?: PreparedRun,
): GatedRun {
  const { message, lease, soFar, creditReservation } = run;
  // The slot of a run whose answer was lost is for the search: its next call needs one of its own.
  const needsSlot = slotIsUsed || soFar.lostCallAtMs !== undefined;
  return {
    message: needsSlot ? { ...message, slotAtMs: undefined } : message,
    lease,
    trigger,
    keys: prepared?.keys ?? {},
    creditReservation,
    onReserved: run.setCreditReservation.bind(run),
    shared,
    estimatedCredits: prepared?.estimatedCredits ?? 0,
    cap: prepared?.performer.cap,
    history: soFar.history,
    nowMs,
  };
}

/** Mavera's API key; while it is not filled in, or cannot be read, the run waits. */
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
