import { collectionKey, cooldownKey, keptKey } from '../ledger/keys.ts';
import { performerOf } from '../mavera/actions/actionPerformers.ts';
import type { SegmentEvent } from '../sources/segment/event.ts';
import { eventKey, type Per } from '../triggers/eventKey.ts';
import type { Trigger } from '../triggers/trigger.ts';

/** Keys of the ledger's items that a trigger has for an event; none where the event has no such key. */
export interface TriggerKeys {
  readonly cooldown?: string | undefined;
  readonly kept?: string | undefined;
}

/**
 * What an event's runs share with other runs of the trigger.
 *
 * @throws what the trigger's own functions throw
 */
export function triggerKeys({ name, cooldown, run }: Trigger, event: SegmentEvent): TriggerKeys {
  const keptBy = performerOf(run)?.keeps?.(run)?.per;
  return {
    cooldown: keyed(cooldown?.per, event, (key) => cooldownKey(name, key)),
    kept: keyed(keptBy, event, (key) => keptKey(name, key)),
  };
}

/**
 * The key of the collection that gathers an event; the events without a key are gathered together.
 *
 * @throws what the trigger's own function throws
 */
export function collectionKeyOf({ name, collect }: Trigger, event: SegmentEvent): string {
  const per = collect?.per;
  return collectionKey(name, per === undefined ? '' : `of ${eventKey(per, event) ?? ''}`);
}

function keyed(
  per: Per | undefined,
  event: SegmentEvent,
  write: (key: string) => string,
): string | undefined {
  const key = per === undefined ? undefined : eventKey(per, event);
  return key === undefined ? undefined : write(key);
}
