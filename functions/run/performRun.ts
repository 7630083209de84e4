import type { EndedCall } from '../ledger/runs.ts';
import type { SharedState } from '../ledger/sharedState.ts';
import { usageLifetimeMs } from '../ledger/usage.ts';
import { SecretUnavailableError } from '../secrets/cachedSecret.ts';
import type { Trigger } from '../triggers/trigger.ts';
import { callMavera } from './callMavera.ts';
import { type CollectedEvents, collectEvents } from './collectEvents.ts';
import { askGates, type Gate, type GatedRun, type Pass } from './gates/gate.ts';
import type { LeasedRun } from './leasedRun.ts';
import { pollPending } from './pollPending.ts';
import { type PreparedRun, prepareRun } from './prepareRun.ts';
import { recoverLostAnswer } from './recoverLostAnswer.ts';
import { refreshUsage } from './refreshUsage.ts';
import type { RunnerDependencies } from './runDependencies.ts';
import { type Ended, ended } from './runOutcome.ts';

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
 * Performs a leased run: asks the gates, builds its request, calls Mavera once, and records and publishes the result.
 * What an earlier delivery has begun is finished first.
 *
 * @throws what the AWS SDK throws when ledger, queue or topic do not answer; the message then comes back
 */
export async function performRun(run: LeasedRun, dependencies: RunnerDependencies): Promise<Ended> {
  const trigger = await findTrigger(run, dependencies);
  if (trigger === ended) {
    return ended;
  }
  const { gates, readSharedState, now } = dependencies;
  const known = { trigger, shared: await readSharedState(trigger, run.message.runId, now()) };
  const early = [...(isLastPoll(run, now()) ? [] : gates.always), ...(run.hasBegun ? [] : gates.before)];
  if ((await passGates(early, run, known, dependencies)) === ended) {
    return ended;
  }
  // A run that has joined a collection stays with it, even if its trigger no longer collects.
  const collects = trigger.collect !== undefined || run.soFar.collection !== undefined;
  const events: CollectedEvents | Ended = collects
    ? await collectEvents(run, trigger, dependencies)
    : [run.message.event];
  if (events === ended) {
    return ended;
  }
  const prepared = await prepareRun(run, trigger, events, dependencies);
  return prepared === ended ? ended : await performPrepared(run, known, prepared, dependencies);
}

async function findTrigger(run: LeasedRun, { triggers, now }: RunnerDependencies): Promise<Trigger | Ended> {
  const { message, soFar } = run;
  if (now() >= message.deadlineAtMs && !isLastPoll(run, now())) {
    const detail = 'The run waited beyond its deadline';
    const answerLost = soFar.lostCallAtMs !== undefined;
    const spent = answerLost || soFar.pending !== undefined ? 'estimate' : 'nothing';
    return await run.fail({ reason: 'expired', detail, answerLost, spent });
  }
  const trigger = triggers.get(message.trigger);
  if (trigger !== undefined) {
    return trigger;
  }
  // While a deployment is under way, a new receiver may send to an old runner.
  if (now() < message.receivedAtMs + deploymentMs) {
    return await run.wait({ untilMs: now() + newTriggerWaitMs, reason: 'trigger_unknown' });
  }
  const detail = `There is no trigger "${message.trigger}" in the triggers file`;
  return await run.fail({ reason: 'trigger_unknown', detail });
}

/** Work at Mavera is paid for: after the deadline it is polled once more, whatever is paused. */
function isLastPoll({ message, soFar: { pending } }: LeasedRun, nowMs: number): boolean {
  return pending !== undefined && nowMs >= message.deadlineAtMs && nowMs < pending.sinceMs + longestPollMs;
}

async function performPrepared(
  run: LeasedRun,
  known: KnownState,
  prepared: PreparedRun,
  dependencies: RunnerDependencies,
): Promise<Ended> {
  const { gates, now } = dependencies;
  const { pending, lostCallAtMs } = run.soFar;
  const apiKey = await readApiKey(run, dependencies);
  if (apiKey === ended) {
    return ended;
  }
  if (pending !== undefined) {
    const pass = await passGates(gates.poll, run, known, dependencies, prepared);
    return pass === ended
      ? ended
      : await pollPending({ run, ...known, prepared, pending, pass, apiKey }, dependencies);
  }
  if (lostCallAtMs !== undefined) {
    const recovered = await recoverLostAnswer(
      { run, ...known, prepared, lostCallAtMs, apiKey },
      dependencies,
    );
    if (recovered === ended) {
      return ended;
    }
  }
  const { usage } = known.shared;
  const isUsageKnown = usage !== undefined && now() - usage.readAtMs <= usageLifetimeMs;
  const current = isUsageKnown
    ? known
    : { ...known, ...(await refreshUsage(run, known.shared, apiKey, dependencies)) };
  const pass = await passGates(gates.call, run, current, dependencies, prepared);
  return pass === ended ? ended : await callMavera({ run, ...current, prepared, pass, apiKey }, dependencies);
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
