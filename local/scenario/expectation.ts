import { claimKey, messageKey } from '../../functions/ledger/keys.ts';
import { parseSegmentEvent, type SegmentEvent } from '../../functions/sources/segment/event.ts';
import { eventKey } from '../../functions/triggers/eventKey.ts';
import {
  compileTriggers,
  matchCancelledTriggers,
  matchTriggers,
} from '../../functions/triggers/matchTriggers.ts';
import type { Trigger } from '../../functions/triggers/trigger.ts';
import { isBatch } from '../../simulators/segment/payload.ts';
import { isGenuine, type ScenarioRequest } from './scenarioRequests.ts';

/** The totals of the receiver's answers. */
export interface ReceiverTotals {
  received: number;
  queued: number;
  duplicates: number;
  ignored: number;
  invalid: number;
  /** Events of requests that are refused. */
  refused: number;
}

/** The totals of one trigger. */
export interface TriggerTotals {
  queued: number;
  duplicates: number;
}

/** The expected totals of a scenario, computed from its events alone. */
export interface Expectation {
  readonly totals: ReceiverTotals;
  readonly byTrigger: ReadonlyMap<string, TriggerTotals>;
}

/** Computes the expected totals of requests that are sent one by one to the default route. */
export function expectedOf(requests: readonly ScenarioRequest[], triggers: readonly Trigger[]): Expectation {
  const totals = { received: 0, queued: 0, duplicates: 0, ignored: 0, invalid: 0, refused: 0 };
  const byTrigger = new Map(triggers.map(({ name }) => [name, { queued: 0, duplicates: 0 }]));
  const compiled = compileTriggers(triggers);
  const seen = new Set<string>();
  for (const request of requests) {
    const elements: readonly unknown[] = isBatch(request.payload) ? request.payload : [request.payload];
    totals.received += elements.length;
    if (!isGenuine(request)) {
      totals.refused += elements.length;
      continue;
    }
    for (const element of elements) {
      const { outcome, names } = outcomeOf(element, compiled, seen);
      totals[outcome] += 1;
      if (outcome === 'queued' || outcome === 'duplicates') {
        count(byTrigger, names, outcome);
      }
    }
  }
  return { totals, byTrigger };
}

function count(
  byTrigger: ReadonlyMap<string, TriggerTotals>,
  names: readonly string[],
  outcome: keyof TriggerTotals,
): void {
  for (const name of names) {
    const totals = byTrigger.get(name);
    if (totals !== undefined) {
      totals[outcome] += 1;
    }
  }
}

function outcomeOf(
  element: unknown,
  triggers: ReturnType<typeof compileTriggers>,
  seen: Set<string>,
): { outcome: 'queued' | 'duplicates' | 'ignored' | 'invalid'; names: readonly string[] } {
  const parsed = parseSegmentEvent(element);
  if (!parsed.ok) {
    return { outcome: 'invalid', names: [] };
  }
  const { event } = parsed;
  const { messageId } = event;
  const names = matchTriggers(triggers, 'default', element).map(({ name }) => name);
  const cancelled = matchCancelledTriggers(triggers, 'default', element);
  if (names.length === 0 && !cancelled.some((trigger) => hasCancelKey(trigger, event))) {
    return { outcome: 'ignored', names };
  }
  const identity = { source: 'segment', route: 'default', messageId, element } as const;
  const key = claimKey(identity, messageKey(identity));
  const outcome = seen.has(key) ? 'duplicates' : 'queued';
  seen.add(key);
  return { outcome, names };
}

/** Whether an event cancels runs of a trigger: without a key, or if the key's function throws, it does not. */
function hasCancelKey({ cancelledBy }: Trigger, event: SegmentEvent): boolean {
  try {
    return cancelledBy !== undefined && eventKey(cancelledBy.per, event) !== undefined;
  } catch {
    return false;
  }
}
