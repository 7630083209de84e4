import { sourceOf, sourcesOf } from '../../functions/triggers/sourcesOf.ts';
import type { Trigger } from '../../functions/triggers/trigger.ts';
import type { Settings } from './settings.ts';

/**
 * The accepted routes, such as `sendgrid/eu`; without its source, a route is accepted of every source that is open.
 *
 * @param routes the setting; by default each open source has `default` and the routes that its triggers name
 * @returns `undefined`: every route
 */
export function acceptedRoutes(
  triggers: readonly Trigger[],
  routes: Settings['routes'],
): readonly string[] | undefined {
  if (routes !== undefined) {
    return routes.join() === '*' ? undefined : routes;
  }
  const defaults = [...sourcesOf(triggers)].map((source) => `${source}/default`);
  return [...new Set([...defaults, ...triggers.flatMap(routesOf)])];
}

/** A trigger whose route is not accepted would never get an event. */
export function problemsOfRoutes(trigger: Trigger, routes: Settings['routes']): readonly string[] {
  if (routes === undefined || routes.join() === '*') {
    return [];
  }
  const shutOut = routesOf(trigger).filter(
    (one) => !routes.includes(one) && !routes.includes(one.slice(one.indexOf('/') + 1)),
  );
  return shutOut.map(
    (one) =>
      `trigger "${trigger.name}": its route "${one}" is not accepted: add it to the setting routes (${routes.join()}).`,
  );
}

/** The routes that a trigger names, with its source. */
function routesOf(trigger: Trigger): readonly string[] {
  return [trigger.route ?? []].flat().map((route) => `${sourceOf(trigger)}/${route}`);
}
