import { parseFql, type Subscription, validate } from '@segment/destination-subscriptions';
import type { SegmentEvent } from '../sources/segment/event.ts';
import type { Trigger } from './trigger.ts';

/** A trigger with its filter parsed, to be matched against many events. */
export interface CompiledTrigger {
  readonly trigger: Trigger;
  readonly filter: Subscription;
  /** `undefined`: every route. */
  readonly routes: ReadonlySet<string> | undefined;
}

/** Parses the filter of each trigger once, before many events are matched. */
export function compileTriggers(triggers: readonly Trigger[]): readonly CompiledTrigger[] {
  return triggers.map((trigger) => ({
    trigger,
    filter: parseFql(trigger.when),
    routes: trigger.route === undefined ? undefined : new Set([trigger.route].flat()),
  }));
}

/** The triggers that want this event of this route, in the order of the triggers file. */
export function matchTriggers(
  compiled: readonly CompiledTrigger[],
  route: string,
  event: SegmentEvent,
): readonly Trigger[] {
  const matched: Trigger[] = [];
  for (const { trigger, filter, routes } of compiled) {
    if ((routes === undefined || routes.has(route)) && validate(filter, event)) {
      matched.push(trigger);
    }
  }
  return matched;
}
