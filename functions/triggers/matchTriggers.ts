import type { SourceName } from '../sources/source.ts';
import { parseFql, type Subscription, validate } from './segmentFql.ts';
import { isPosted, sourceOf } from './sourcesOf.ts';
import type { Trigger } from './trigger.ts';

/** A trigger with its filters parsed, to be matched against many events. */
export interface CompiledTrigger {
  readonly trigger: Trigger;
  /** `undefined`: no event starts its runs. */
  readonly filter: Subscription | undefined;
  /** The filter of `cancelledBy`. */
  readonly cancelFilter: Subscription | undefined;
  /** `undefined`: every route. */
  readonly routes: ReadonlySet<string> | undefined;
}

/** Parses the filters of each trigger of a source once, before many events that the source posts are matched. */
export function compileTriggers(
  triggers: readonly Trigger[],
  source: SourceName = 'segment',
): readonly CompiledTrigger[] {
  const ofSource = triggers.filter((trigger) => isPosted(trigger) && sourceOf(trigger) === source);
  return ofSource.map((trigger) => ({
    trigger,
    filter: trigger.when === undefined ? undefined : parseFql(trigger.when),
    cancelFilter: trigger.cancelledBy === undefined ? undefined : parseFql(trigger.cancelledBy.when),
    routes: trigger.route === undefined ? undefined : new Set([trigger.route].flat()),
  }));
}

/**
 * The triggers that want an event of a route, in the order of the triggers file.
 *
 * @param element the event as Segment sent it, not as we read it: to Segment's filters, `userId: ""` exists and
 * `userId: 12345` is not a string. For other sources, the `track` event that it was mapped to
 */
export function matchTriggers(
  compiled: readonly CompiledTrigger[],
  route: string,
  element: unknown,
): readonly Trigger[] {
  const matched: Trigger[] = [];
  for (const { trigger, filter, routes } of compiled) {
    const isRead = filter !== undefined && (routes === undefined || routes.has(route));
    if (isRead && validate(filter, element)) {
      matched.push(trigger);
    }
  }
  return matched;
}

/**
 * The triggers whose runs an event of a route cancels, in the order of the triggers file.
 *
 * @param element as in {@link matchTriggers}
 */
export function matchCancelledTriggers(
  compiled: readonly CompiledTrigger[],
  route: string,
  element: unknown,
): readonly Trigger[] {
  const matched: Trigger[] = [];
  for (const { trigger, cancelFilter, routes } of compiled) {
    const isRead = cancelFilter !== undefined && (routes === undefined || routes.has(route));
    if (isRead && validate(cancelFilter, element)) {
      matched.push(trigger);
    }
  }
  return matched;
}
