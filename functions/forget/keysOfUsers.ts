import { cooldownKey, keptKey } from '../ledger/keys.ts';
import { performerOf } from '../mavera/actions/actionPerformers.ts';
import { triggerKeys } from '../run/prepareRequest.ts';
import { parseSegmentEvent, type SegmentEvent } from '../sources/segment/event.ts';
import type { Trigger } from '../triggers/trigger.ts';
import type { UserData } from './userData.ts';

/** A key of the ledger that was made from a user's id, or from what a `per` function returned for a user's event. */
export interface UserKey {
  readonly pk: string;
  readonly what: 'kept' | 'cooldown';
  readonly user: string;
  readonly trigger: string;
}

/**
 * The keys of cooldowns, threads and personas of users. The keys are digests: they are computed from the triggers file,
 * the ids, and the events that the ledger still has. Keys of groups are left out: they belong to others too.
 *
 * @param triggers those of the triggers file; triggers that are gone from it count as `per: 'user'`
 */
export function keysOfUsers(
  ids: readonly string[],
  triggers: readonly Trigger[],
  data: UserData,
): readonly UserKey[] {
  const byPk = new Map<string, UserKey>();
  const add = (key: UserKey): void => void byPk.set(key.pk, key);
  const seen = [...data.runs.values()].flatMap(({ trigger }) => trigger?.S ?? []);
  for (const trigger of new Set([...triggers.map(({ name }) => name), ...seen])) {
    for (const user of ids) {
      add({ pk: keptKey(trigger, user), what: 'kept', user, trigger });
      add({ pk: cooldownKey(trigger, user), what: 'cooldown', user, trigger });
    }
  }
  for (const { event, user } of eventsOf(data)) {
    for (const trigger of triggers) {
      const { kept, cooldown } = keysFor(trigger, event);
      if (kept !== undefined) {
        add({ pk: kept, what: 'kept', user, trigger: trigger.name });
      }
      if (cooldown !== undefined) {
        add({ pk: cooldown, what: 'cooldown', user, trigger: trigger.name });
      }
    }
  }
  return [...byPk.values()];
}

function keysFor(trigger: Trigger, event: SegmentEvent): ReturnType<typeof triggerKeys> {
  const keptBy = performerOf(trigger.run)?.keeps?.(trigger.run)?.per;
  try {
    const keys = triggerKeys(trigger, event);
    return {
      kept: keptBy === 'group' ? undefined : keys.kept,
      cooldown: trigger.cooldown?.per === 'group' ? undefined : keys.cooldown,
    };
  } catch {
    // A `per` function that throws for this event has made no key for it.
    return {};
  }
}

function eventsOf(data: UserData): readonly { readonly event: SegmentEvent; readonly user: string }[] {
  return [...[...data.details.values()].flat(), ...data.collected].flatMap(({ event, user }) => {
    const parsed = user === undefined ? undefined : parseSegmentEvent(event);
    return user !== undefined && parsed?.ok === true ? [{ event: parsed.event, user }] : [];
  });
}
