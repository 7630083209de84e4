import { claimKey, messageKey } from '../../functions/ledger/keys.ts';
import { isOwnReport, parseSegmentEvent, type SegmentEvent } from '../../functions/sources/segment/event.ts';
import { segOpsEvent } from '../../functions/sources/segops/toEvent.ts';
import { sendGridEvent } from '../../functions/sources/sendgrid/toEvent.ts';
import { type ReadEvent, type SourceName, sourceNames } from '../../functions/sources/source.ts';
import { eventKey } from '../../functions/triggers/eventKey.ts';
import {
  type CompiledTrigger,
  compileTriggers,
  matchCancelledTriggers,
  matchTriggers,
} from '../../functions/triggers/matchTriggers.ts';
import type { Trigger } from '../../functions/triggers/trigger.ts';
import type { Profile } from '../../simulators/segment/profiles/profile.ts';
import { isWanted } from './isWanted.ts';

/** A request, as far as the answer to it depends on it. */
export interface SentRequest {
  readonly source: SourceName;
  readonly elements: readonly unknown[];
  /** Whether the receiver should accept it. */
  readonly isGenuine: boolean;
}

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
  /** Runs that are not wanted. */
  notWanted: number;
}

/** The expected totals of a scenario, computed from its events and from the simulated profiles. */
export interface Expectation {
  readonly totals: ReceiverTotals;
  /** Of the triggers that events start. */
  readonly byTrigger: ReadonlyMap<string, TriggerTotals>;
}

/**
 * Computes the expected totals of requests that are sent one by one to the default routes.
 *
 * @param profiles of the space in which profiles are looked up
 */
export function expectedOf(
  requests: readonly SentRequest[],
  triggers: readonly Trigger[],
  profiles: readonly Profile[],
): Expectation {
  const totals = { received: 0, queued: 0, duplicates: 0, ignored: 0, invalid: 0, refused: 0 };
  const started = triggers.filter(({ after }) => after === undefined);
  const byTrigger = new Map(started.map(({ name }) => [name, { queued: 0, duplicates: 0, notWanted: 0 }]));
  const compiled = new Map(sourceNames.map((source) => [source, compileTriggers(started, source)]));
  const seen = new Set<string>();
  for (const { source, elements, isGenuine } of requests) {
    totals.received += elements.length;
    if (!isGenuine) {
      totals.refused += elements.length;
      continue;
    }
    for (const element of elements) {
      const { outcome, matched, event } = outcomeOf(element, source, compiled.get(source) ?? [], seen);
      totals[outcome] += 1;
      if ((outcome === 'queued' || outcome === 'duplicates') && event !== undefined) {
        count(byTrigger, matched, outcome, event, profiles);
      }
    }
  }
  return { totals, byTrigger };
}

function count(
  byTrigger: ReadonlyMap<string, TriggerTotals>,
  matched: readonly Trigger[],
  outcome: 'queued' | 'duplicates',
  event: SegmentEvent,
  profiles: readonly Profile[],
): void {
  for (const trigger of matched) {
    const totals = byTrigger.get(trigger.name);
    if (totals !== undefined) {
      totals[outcome] += 1;
      totals.notWanted += outcome === 'queued' && !isWanted(trigger, event, profiles) ? 1 : 0;
    }
  }
}

interface Outcome {
  readonly outcome: 'queued' | 'duplicates' | 'ignored' | 'invalid';
  readonly matched: readonly Trigger[];
  readonly event?: SegmentEvent;
}

function outcomeOf(
  element: unknown,
  source: SourceName,
  triggers: readonly CompiledTrigger[],
  seen: Set<string>,
): Outcome {
  const read = readers[source](element);
  if (!read.ok) {
    return { outcome: 'invalid', matched: [] };
  }
  const { event, filtered } = read;
  const { messageId } = event;
  const matched = matchTriggers(triggers, 'default', filtered);
  const cancelled = matchCancelledTriggers(triggers, 'default', filtered);
  if (
    isOwnReport(event) ||
    (matched.length === 0 && !cancelled.some((trigger) => hasCancelKey(trigger, event)))
  ) {
    return { outcome: 'ignored', matched };
  }
  const identity = { source, route: 'default', messageId, element } as const;
  const key = claimKey(identity, messageKey(identity));
  const outcome = seen.has(key) ? 'duplicates' : 'queued';
  seen.add(key);
  return { outcome, matched, event };
}

/** The key that hides addresses changes no total. */
const recipients = { userIdArgument: 'user_id', addressKey: 'any' };

const readers: Readonly<Record<SourceName, (element: unknown) => ReadEvent>> = {
  segment: (element) => {
    const parsed = parseSegmentEvent(element);
    return parsed.ok ? { ...parsed, filtered: element } : parsed;
  },
  sendgrid: (element) => sendGridEvent(element, recipients),
  segops: segOpsEvent,
};

/** Whether an event cancels runs of a trigger: without a key, or if the key's function throws, it does not. */
function hasCancelKey({ cancelledBy }: Trigger, event: SegmentEvent): boolean {
  try {
    return cancelledBy !== undefined && eventKey(cancelledBy.per, event) !== undefined;
  } catch {
    return false;
  }
}
