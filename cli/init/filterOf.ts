import { recomputedEvent } from '../../functions/sources/segops/toEvent.ts';
import { checkEventName, type WatchedEvent } from './newTrigger.ts';

/** A segment with fewer members does not start the triggers of all segments. */
export const leastMembers = 100;

/**
 * The filter of the trigger for an event, in Segment's Filter Query Language. A backslash stands for itself there.
 *
 * @throws InitError for a name that no filter can hold
 */
export function filterOf({ source, name }: WatchedEvent): string {
  const literal = `"${checkEventName(name)}"`;
  if (source !== 'segops') {
    return `type = "track" and event = ${literal}`;
  }
  const which =
    name === 'all' ? `properties.member_count >= ${leastMembers}` : `properties.segment_name = ${literal}`;
  return `type = "track" and event = "${recomputedEvent}" and ${which}`;
}
