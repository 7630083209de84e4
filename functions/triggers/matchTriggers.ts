import { parseFql, type Subscription, validate } from '@segment/destination-subscriptions';
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

/**
 * The triggers that want an event of a route, in the order of the triggers file.
 *
 * @param element the event as Segment sent it, not as we read it: to Segment's filters, `userId: ""` exists and
 * `userId: 12345` is not a string
 */
export function matchTriggers(
  compiled: readonly CompiledTrigger[],
  route: string,
  element: unknown,
): readonly Trigger[] {
  const matched: Trigger[] = [];
  for (const { trigger, filter, routes } of compiled) {
    if ((routes === undefined || routes.has(route)) && validate(filter, element)) {
      matched.push(trigger);
    }
  }
  return matched;
}
