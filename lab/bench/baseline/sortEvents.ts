import { messageKey } from '../../../functions/ledger/keys.ts';
import { isStale } from '../../../functions/sources/segment/event.ts';
import { type CompiledTrigger, matchTriggers } from '../../../functions/triggers/matchTriggers.ts';
import { segmentEvent } from './segmentEvent.ts';
import type { WantedEvent } from './wantedEvent.ts';

/** The elements of a request, sorted. */
export interface SortedEvents {
  readonly received: number;
  readonly wanted: readonly WantedEvent[];
  readonly ignored: number;
  readonly stale: number;
  readonly invalid: number;
}

interface SortingRules {
  readonly route: string;
  readonly triggers: readonly CompiledTrigger[];
  readonly nowMs: number;
  readonly dedupeWindowMs: number;
}

/** Reads and matches the elements of a request. */
export function sortEvents(elements: readonly unknown[], rules: SortingRules): SortedEvents {
  const { route, nowMs } = rules;
  const wanted: WantedEvent[] = [];
  const counts = { ignored: 0, stale: 0, invalid: 0 };
  for (const element of elements) {
    const parsed = segmentEvent.safeParse(element);
    if (!parsed.success) {
      counts.invalid += 1;
      continue;
    }
    const event = parsed.data;
    const matched = matchTriggers(rules.triggers, route, element);
    if (matched.length === 0) {
      counts.ignored += 1;
    } else if (isStale(event, nowMs, rules.dedupeWindowMs)) {
      counts.stale += 1;
    } else {
      const triggers = matched.map(({ name }) => name);
      const key = messageKey({ source: 'segment', route, messageId: event.messageId, element });
      wanted.push({ route, messageKey: key, event, triggers, receivedAtMs: nowMs });
    }
  }
  return { received: elements.length, wanted, ...counts };
}
