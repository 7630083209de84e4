import type { ActionPerformer } from '../mavera/actions/actionPerformer.ts';
import type { MaveraRequest } from '../mavera/maveraClient.ts';
import { thrownMessage } from '../triggers/shown.ts';
import type { Trigger } from '../triggers/trigger.ts';
import type { CollectedEvents } from './collectEvents.ts';
import type { LeasedRun } from './leasedRun.ts';
import { prepareRequest } from './prepareRequest.ts';
import type { RunnerDependencies } from './runDependencies.ts';
import type { Step } from './runOutcome.ts';
import { type TriggerKeys, triggerKeys } from './triggerKeys.ts';

/** How long a run waits for the thread or persona that another one is about to make. */
const keptIdWaitMs = 30_000;

/** A run whose request is built. */
export interface PreparedRun {
  readonly trigger: Trigger;
  readonly keys: TriggerKeys;
  readonly performer: ActionPerformer;
  readonly request: MaveraRequest;
  readonly estimatedCredits: number;
  /** Id of the thread or persona that the trigger keeps for the key, where there is one. */
  readonly keptId?: string | undefined;
  readonly collected?: number | undefined;
}

/** Builds the request of a run, with the thread or persona that its trigger keeps. */
export async function prepareRun(
  delivery: LeasedRun,
  trigger: Trigger,
  { events, collected }: CollectedEvents,
  dependencies: RunnerDependencies,
): Promise<Step<PreparedRun>> {
  const { runId } = delivery.message;
  delivery.describe({ events });
  const keys = readKeys(trigger, delivery);
  if (typeof keys === 'string') {
    return { ended: await delivery.fail({ reason: 'builder_failed', detail: keys }) };
  }
  const kept = await takeKeptId(keys, runId, dependencies);
  if (kept === 'pending') {
    const untilMs = dependencies.now() + keptIdWaitMs * (0.5 + dependencies.random());
    return { ended: await delivery.wait({ untilMs, reason: 'kept_id_pending' }) };
  }
  const prepared = prepareRequest(trigger, { runId, events, keptId: kept.id });
  if (prepared.ok) {
    delivery.describe({ events, request: { ...prepared.request } });
  }
  if (!prepared.ok) {
    return { ended: await delivery.fail(prepared) };
  }
  return { ...prepared, trigger, keys, keptId: kept.id, collected };
}

/** A text: what the trigger's own function threw. */
function readKeys(trigger: Trigger, { message }: LeasedRun): TriggerKeys | string {
  try {
    return triggerKeys(trigger, message.event);
  } catch (error) {
    return `A function that says what events are told apart by threw: ${thrownMessage(error)}`;
  }
}

async function takeKeptId(
  { kept }: TriggerKeys,
  runId: string,
  { keptIds, now }: RunnerDependencies,
): Promise<'pending' | { readonly id?: string | undefined }> {
  if (kept === undefined) {
    return {};
  }
  const taken = await keptIds.take(kept, runId, now());
  if (taken.kind === 'pending') {
    return 'pending';
  }
  return taken.kind === 'known' ? { id: taken.id } : {};
}
