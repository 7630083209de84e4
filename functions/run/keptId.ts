import type { ActionPerformer } from '../mavera/actions/actionPerformer.ts';
import type { MaveraAnswer } from '../mavera/maveraAnswer.ts';
import type { Action } from '../triggers/actions.ts';
import type { LeasedRun } from './leasedRun.ts';
import type { RunnerDependencies } from './runDependencies.ts';
import type { Ended } from './runOutcome.ts';

/** How long a run waits for the thread or persona that another run is about to make. */
const keptIdWaitMs = 30_000;

/** The thread or persona that a trigger keeps for a key; without an id this run is the one to make it. */
export interface KeptThing {
  readonly id?: string | undefined;
}

/** Asks for the thread or persona of the run's key; waits while another run makes it. */
export async function takeKeptId(
  run: LeasedRun,
  key: string,
  { keptIds, now, random }: RunnerDependencies,
): Promise<KeptThing | Ended> {
  const taken = await keptIds.take(key, run.message.runId, now());
  if (taken.kind === 'pending') {
    return await run.wait({ untilMs: now() + keptIdWaitMs * (0.5 + random()), reason: 'kept_id_pending' });
  }
  return taken.kind === 'known' ? { id: taken.id } : {};
}

/** Keeps the thread or persona that a run has made or used, for the next runs of its key. */
export async function keepId(
  key: string,
  id: string | undefined,
  { keptIds, now }: RunnerDependencies,
): Promise<void> {
  if (id !== undefined) {
    await keptIds.keep(key, id, now());
  }
}

/** Why a request has to be built again: the thread or persona that its trigger keeps is no longer at Mavera. */
export function goneReason(
  performer: Pick<ActionPerformer, 'keeps'>,
  action: Action,
  keptId: string | undefined,
  answer: MaveraAnswer,
): 'thread_gone' | 'persona_gone' | undefined {
  const isGone = keptId !== undefined && answer.kind === 'refused' && answer.error.status === 404;
  return isGone ? performer.keeps?.(action)?.gone : undefined;
}
