import type { ActionPerformer } from '../mavera/actions/actionPerformer.ts';
import { performerOf } from '../mavera/actions/actionPerformers.ts';
import type { RunMessage } from '../queue/runMessage.ts';
import { eventTimeMs } from '../sources/segment/event.ts';
import type { CallAnswer } from '../systems/callAnswer.ts';
import type { Action } from '../triggers/actions.ts';
import type { Trigger } from '../triggers/trigger.ts';
import { eventsOfCall } from './collectEvents.ts';
import type { LeasedRun } from './leasedRun.ts';
import { type CollectedEvents, triggerKeys } from './prepareRequest.ts';
import type { RunnerDependencies } from './runDependencies.ts';
import type { Ended } from './runOutcome.ts';

/** How long a run waits for the thread or persona that another run is creating. */
const keptIdWaitMs = 30_000;

/** The thread or persona that a trigger keeps for a key; without an id, this run creates it. */
export interface KeptThing {
  readonly id?: string | undefined;
  /** Event time of its newest update. */
  readonly asOfMs?: number | undefined;
}

/** Reads the thread or persona of the run's key. The run waits while another run creates it. */
export async function takeKeptId(
  run: LeasedRun,
  key: string,
  { keptIds, now, random }: RunnerDependencies,
): Promise<KeptThing | Ended> {
  const taken = await keptIds.take(key, run.message.runId, now());
  if (taken.kind === 'pending') {
    return await run.wait({ untilMs: now() + keptIdWaitMs * (0.5 + random()), reason: 'kept_id_pending' });
  }
  return taken.kind === 'known' ? taken : {};
}

/**
 * Returns the event time of a run: the time of its newest event; `undefined` if its action does not depend on it. The
 * ledger does not have the arrival times of collected events, so they count as arrived by now.
 */
export function asOfMsOf(
  { run: action }: Pick<Trigger, 'run'>,
  { receivedAtMs }: Pick<RunMessage, 'receivedAtMs'>,
  events: CollectedEvents,
  nowMs: number,
): number | undefined {
  if (performerOf(action)?.keeps?.(action)?.byEventTime !== true) {
    return undefined;
  }
  const arrivedByMs = events.length === 1 ? receivedAtMs : nowMs;
  return Math.max(...events.map((event) => eventTimeMs(event, arrivedByMs)));
}

/** Whether a run would overwrite a newer event. A run that an operator redrives never counts as outdated. */
export function isOutdated(
  asOfMs: number | undefined,
  kept: Pick<KeptThing, 'asOfMs'>,
  { redrive }: Pick<RunMessage, 'redrive'>,
): boolean {
  return redrive === undefined && asOfMs !== undefined && kept.asOfMs !== undefined && asOfMs < kept.asOfMs;
}

/** Keeps the thread or persona that a run has created or used, and its event time, for the next runs of its key. */
export async function keepId(
  key: string | undefined,
  { id, asOfMs }: KeptThing,
  { keptIds, now }: RunnerDependencies,
): Promise<void> {
  if (key !== undefined && id !== undefined) {
    await keptIds.keep(key, id, now(), asOfMs);
  }
}

/**
 * Keeps the thread or persona that the call of an earlier delivery created. Nothing is kept if the trigger is gone, or
 * its function now throws.
 */
export async function keepRecoveredId(
  run: LeasedRun,
  trigger: Trigger | undefined,
  id: string | undefined,
  dependencies: RunnerDependencies,
): Promise<void> {
  const key = trigger === undefined ? undefined : keptKeyOf(trigger, run.message);
  if (trigger === undefined || key === undefined) {
    return;
  }
  const events = await eventsOfCall(run, dependencies);
  const asOfMs = asOfMsOf(trigger, run.message, events, dependencies.now());
  await keepId(key, { id, asOfMs }, dependencies);
}

function keptKeyOf(trigger: Trigger, { event }: RunMessage): string | undefined {
  try {
    return triggerKeys(trigger, event).kept;
  } catch {
    return undefined;
  }
}

/** Why a request has to be built again: Mavera no longer has the thread or persona that its trigger keeps. */
export function goneReason(
  performer: Pick<ActionPerformer, 'keeps'>,
  action: Action,
  keptId: string | undefined,
  answer: CallAnswer,
): 'thread_gone' | 'persona_gone' | undefined {
  const isGone = keptId !== undefined && answer.kind === 'refused' && answer.error.status === 404;
  return isGone ? performer.keeps?.(action)?.gone : undefined;
}
