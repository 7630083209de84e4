import { recomputedEvent } from '../../functions/sources/segops/toEvent.ts';
import { problemsOfFilter } from '../../functions/triggers/checkFilter.ts';
import { InitError } from './initError.ts';
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
  const filter =
    source !== 'segops'
      ? `type = "track" and event = ${literal}`
      : `type = "track" and event = "${recomputedEvent}" and ${
          name === 'all'
            ? `properties.member_count >= ${leastMembers}`
            : `properties.segment_name = ${literal}`
        }`;
  const [problem] = problemsOfFilter('when', filter);
  if (problem !== undefined) {
    throw new InitError(`The event ${JSON.stringify(name)} cannot stand in a filter of Segment: ${problem}.`);
  }
  return filter;
}
