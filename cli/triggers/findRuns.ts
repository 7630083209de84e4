import { claimKey, type EventIdentity, messageKey, runIdFor } from '../../functions/ledger/keys.ts';
import { prepareRequest } from '../../functions/run/prepareRequest.ts';
import { isNestedWithin } from '../../functions/schema/isNestedWithin.ts';
import { parseSegmentEvent, type SegmentEvent } from '../../functions/sources/segment/event.ts';
import type { SystemRequest } from '../../functions/systems/systemClient.ts';
import { eventKey } from '../../functions/triggers/eventKey.ts';
import {
  compileTriggers,
  matchCancelledTriggers,
  matchTriggers,
} from '../../functions/triggers/matchTriggers.ts';
import { thrownMessage } from '../../functions/triggers/shown.ts';
import type { Trigger } from '../../functions/triggers/trigger.ts';
import type { EventLine } from '../../simulators/segment/readEvents.ts';

/** What one element of a file, at its place `file:line[index]`, would start. */
export type Finding =
  | { readonly place: string; readonly outcome: 'ignored' | 'duplicate' }
  | { readonly place: string; readonly outcome: 'invalid'; readonly detail: string }
  | {
      readonly place: string;
      readonly outcome: 'run';
      readonly trigger: string;
      readonly action: string;
      readonly request: SystemRequest;
      readonly estimatedCredits: number;
      /** It waits until an operator approves it. */
      readonly needsApproval?: true;
    }
  | {
      readonly place: string;
      readonly outcome: 'cancels';
      /** The trigger whose waiting runs the event cancels. */
      readonly trigger: string;
      /** Only runs of this key; absent when the event has none, so that it cancels nothing. */
      readonly key?: string;
    }
  | {
      readonly place: string;
      readonly outcome: 'failed';
      readonly trigger: string;
      readonly reason: string;
      readonly detail: string;
    };

/** Finds the runs that the events of files would start or cancel if they arrived by a route, one after the other. */
export function findRuns(
  lines: readonly EventLine[],
  triggers: readonly Trigger[],
  route: string,
): readonly Finding[] {
  const compiled = compileTriggers(triggers);
  const seen = new Set<string>();
  return lines.flatMap(elementsOf).flatMap(({ place, element }): readonly Finding[] => {
    const parsed = parseSegmentEvent(element);
    if (!parsed.ok) {
      return [{ place, outcome: 'invalid', detail: parsed.problem }];
    }
    const { event } = parsed;
    const matched = matchTriggers(compiled, route, element);
    const cancelled = matchCancelledTriggers(compiled, route, element);
    if (matched.length + cancelled.length === 0) {
      return [{ place, outcome: 'ignored' }];
    }
    if (!isNestedWithin(element)) {
      return [{ place, outcome: 'invalid', detail: 'the event is nested too deeply' }];
    }
    const identity: EventIdentity = { source: 'segment', route, messageId: event.messageId, element };
    const key = claimKey(identity, messageKey(identity));
    if (seen.has(key)) {
      return [{ place, outcome: 'duplicate' }];
    }
    seen.add(key);
    return [
      ...matched.map((trigger) => runOf(trigger, event, identity, place)),
      ...cancelled.map((trigger) => cancellationOf(trigger, event, place)),
    ];
  });
}

function runOf(trigger: Trigger, event: SegmentEvent, identity: EventIdentity, place: string): Finding {
  const runId = runIdFor(identity, messageKey(identity), trigger.name);
  const prepared = prepareRequest(trigger, { runId, events: [event] });
  if (!prepared.ok) {
    const { reason, detail } = prepared;
    return { place, outcome: 'failed', trigger: trigger.name, reason, detail };
  }
  const { request, estimatedCredits } = prepared;
  return {
    place,
    outcome: 'run',
    trigger: trigger.name,
    action: trigger.run.kind,
    request,
    estimatedCredits,
    ...(trigger.approve !== undefined && estimatedCredits > trigger.approve.above
      ? { needsApproval: true }
      : {}),
  };
}

function cancellationOf({ name, cancelledBy }: Trigger, event: SegmentEvent, place: string): Finding {
  try {
    const key = cancelledBy === undefined ? undefined : eventKey(cancelledBy.per, event);
    return { place, outcome: 'cancels', trigger: name, ...(key === undefined ? {} : { key }) };
  } catch (error) {
    const detail = `The function cancelledBy.per threw: ${thrownMessage(error)}`;
    return { place, outcome: 'failed', trigger: name, reason: 'builder_failed', detail };
  }
}

function elementsOf({ file, line, payload }: EventLine): readonly { place: string; element: unknown }[] {
  return Array.isArray(payload)
    ? payload.map((element: unknown, index) => ({ place: `${file}:${line}[${index}]`, element }))
    : [{ place: `${file}:${line}`, element: payload }];
}
