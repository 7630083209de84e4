import { connectionTestFilter } from '../../../functions/sources/segment/connectionTest.ts';
import { joinFilters } from '../../../functions/triggers/joinFilters.ts';
import type { Trigger } from '../../../functions/triggers/trigger.ts';

/** What there is to be at Segment. */
export interface DesiredConnection {
  readonly name: string;
  /** `https://…/segment`; a route is one more path segment. */
  readonly segmentUrl: string;
  readonly sharedSecret: string;
  readonly bearerToken: string;
  /** What is as good as these at Segment: the other values of a rotation that is under way. */
  readonly alsoValid?: AlsoValid;
  /** `undefined` where the catalog does not offer it. */
  readonly useSegmentSignatureHeader: true | undefined;
  readonly mappings: readonly DesiredMapping[];
}

/** Further values that the receivers know. */
export interface AlsoValid {
  readonly sharedSecret: readonly string[];
  readonly bearerToken: readonly string[];
}

/** One mapping: events of these filters, posted to a route. */
export interface DesiredMapping {
  readonly name: string;
  readonly route: string;
  readonly trigger: string;
  readonly settings: Readonly<Record<string, unknown>>;
}

/** How events are sent. */
export interface MappingOptions {
  readonly segmentUrl: string;
  readonly bearerToken: string;
  readonly batching: boolean;
  /** Events of a batch at most. */
  readonly batchSize: number;
}

/** What the names of our mappings begin with. */
const namePrefix = 'mavera-triggers: ';

/** Routes with the triggers that look at them; those that look at every route belong to "default". */
export function triggersByRoute(triggers: readonly Trigger[]): ReadonlyMap<string, readonly Trigger[]> {
  const byRoute = new Map<string, Trigger[]>();
  for (const trigger of triggers) {
    for (const route of [trigger.route ?? 'default'].flat()) {
      byRoute.set(route, [...(byRoute.get(route) ?? []), trigger]);
    }
  }
  return byRoute;
}

/** Where a route is. */
export function routeUrl(segmentUrl: string, route: string): string {
  return route === 'default' ? segmentUrl : `${segmentUrl}/${route}`;
}

/** The mappings that send each route what its triggers want, and the event that tests the connection. */
export function desiredMappings(
  triggers: readonly Trigger[],
  terms: MappingOptions,
): readonly DesiredMapping[] {
  return [...triggersByRoute(triggers)].flatMap(([route, ofRoute]) =>
    joinFilters([connectionTestFilter, ...ofRoute.map(({ when }) => when)]).map((trigger, index) => ({
      name: `${namePrefix}${route}${index === 0 ? '' : ` (${index + 1})`}`,
      route,
      trigger,
      settings: settingsOf(route, terms),
    })),
  );
}

function settingsOf(
  route: string,
  { segmentUrl, bearerToken, batching, batchSize }: MappingOptions,
): DesiredMapping['settings'] {
  return {
    url: routeUrl(segmentUrl, route),
    method: 'POST',
    data: { '@path': '$.' },
    headers: { Authorization: `Bearer ${bearerToken}` },
    enable_batching: batching,
    batch_size: batchSize,
    batch_keys: ['url', 'method', 'headers'],
  };
}

/**
 * What to think about before the routes are used: a trigger without a route looks at every route, and each mapping sends
 * its own copy of an event.
 */
export function routeWarnings(triggers: readonly Trigger[]): readonly string[] {
  const named = [...triggersByRoute(triggers).keys()].filter((route) => route !== 'default');
  const everywhere = triggers.filter(({ route }) => route === undefined).map(({ name }) => name);
  return named.length === 0 || everywhere.length === 0
    ? []
    : [
        `${everywhere.join(', ')}: without a route, looks at every route: an event that the mappings of ${named.join(', ')} ` +
          'send as well starts it once for each of them. Give it a route (route: "default") if that is not meant.',
      ];
}
