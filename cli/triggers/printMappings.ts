import { connectionTestFilter } from '../../functions/sources/segment/connectionTest.ts';
import { joinFilters } from '../../functions/triggers/joinFilters.ts';
import { loadTriggers } from '../../infra/bundling/loadTriggers.ts';
import { filtersOf, routeUrl, triggersByRoute } from '../connect/plan/desiredConnection.ts';

/**
 * Prints the URL of each route and the filters of its mappings, which also pass the connection test event.
 *
 * @throws TriggersFileError
 */
export function printMappings(triggersFile: string): void {
  for (const [route, triggers] of triggersByRoute(loadTriggers(triggersFile))) {
    for (const filter of joinFilters([...filtersOf(triggers), connectionTestFilter])) {
      console.log(`route ${route}: ${routeUrl('<SegmentUrl>', route)}\n  ${filter}\n`);
    }
  }
}
