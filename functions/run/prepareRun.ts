import { shownEvents } from '../ledger/runs.ts';
import type { ActionPerformer } from '../mavera/actions/actionPerformer.ts';
import type { SystemRequest } from '../systems/systemClient.ts';
import { thrownMessage } from '../triggers/shown.ts';
import type { Trigger } from '../triggers/trigger.ts';
import { asOfMsOf, isOutdated, takeKeptId } from './keptId.ts';
import type { LeasedRun } from './leasedRun.ts';
import type { Given } from './lookups/planLookup.ts';
import { type CollectedEvents, prepareRequest, type TriggerKeys, triggerKeys } from './prepareRequest.ts';
import type { RunnerDependencies } from './runDependencies.ts';
import { type Ended, ended } from './runOutcome.ts';

/** A run whose request is built. */
export interface PreparedRun {
  readonly keys: TriggerKeys;
  readonly performer: ActionPerformer;
  readonly request: SystemRequest;
  readonly estimatedCredits: number;
  /** Id of the thread or persona that the trigger keeps for the key, where there is one. */
  readonly keptId?: string | undefined;
  /** Event time of the run, if its action depends on it. */
  readonly asOfMs?: number | undefined;
}

/** Builds the request of a run, with the thread or persona that its trigger keeps. */
export async function prepareRun(
  run: LeasedRun,
  trigger: Trigger,
  events: CollectedEvents,
  given: Given,
  dependencies: RunnerDependencies,
): Promise<PreparedRun | Ended> {
  // Written before the builder has the events: what it does to them must not be kept.
  const shown = shownEvents(events);
  run.describe({ events: shown });
  const keys = run.keys ?? readKeys(trigger, run);
  if (typeof keys === 'string') {
    return await run.fail({ reason: 'builder_failed', detail: keys });
  }
  const kept = keys.kept === undefined ? {} : await takeKeptId(run, keys.kept, dependencies);
  if (kept === ended) {
    return ended;
  }
  const asOfMs =
    keys.kept === undefined ? undefined : asOfMsOf(trigger, run.message, events, dependencies.now());
  if (asOfMs !== undefined && isOutdated(asOfMs, kept, run.message)) {
    return await run.skip('outdated', outdatedDetail(asOfMs, kept.asOfMs));
  }
  const { runId, event } = run.message;
  // Collected events were read for this run alone: a copy of them would take as much memory again.
  const ownsEvents = !events.includes(event);
  const prepared = prepareRequest(trigger, { runId, events, keptId: kept.id, given, ownsEvents });
  if (!prepared.ok) {
    return await run.fail(prepared);
  }
  run.describe({ events: shown, request: { ...prepared.request } });
  run.estimate(prepared.estimatedCredits);
  return { ...prepared, keys, keptId: kept.id, asOfMs };
}

function outdatedDetail(asOfMs: number, keptAsOfMs = 0): string {
  const [own, kept] = [asOfMs, keptAsOfMs].map((timeMs) => new Date(timeMs).toISOString());
  return `Its event is from ${own}; the persona of its key was last updated with an event from ${kept}`;
}

/** The keys, or a string that says what the trigger's own function threw. */
export function readKeys(trigger: Trigger, { message }: LeasedRun): TriggerKeys | string {
  try {
    return triggerKeys(trigger, message.event);
  } catch (error) {
    return `The trigger's \`per\` function threw: ${thrownMessage(error)}`;
  }
}
