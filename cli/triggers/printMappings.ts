import { connectionTestFilter } from '../../functions/sources/segment/event.ts';
import { joinFilters } from '../../functions/triggers/joinFilters.ts';
import { sourceOf } from '../../functions/triggers/sourcesOf.ts';
import { loadTriggers } from '../../infra/bundling/loadTriggers.ts';
import { filtersOf, routeUrl, triggersByRoute } from '../connect/plan/desiredConnection.ts';

/**
 * Prints for the triggers of Segment's events the URL of each route and the filters of its mappings, which also pass the connection test event.
 *
 * @throws TriggersFileError
 */
export function printMappings(triggersFile: string): void {
  const ofSegment = loadTriggers(triggersFile).filter((trigger) => sourceOf(trigger) === 'segment');
  for (const [route, triggers] of triggersByRoute(ofSegment)) {
    for (const filter of joinFilters([...filtersOf(triggers), connectionTestFilter])) {
      console.log(`route ${route}: ${routeUrl('<SegmentUrl>', route)}\n  ${filter}\n`);
    }
  }
}
