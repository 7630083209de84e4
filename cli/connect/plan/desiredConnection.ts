import { connectionTestFilter } from '../../../functions/sources/segment/event.ts';
import type { SourceName } from '../../../functions/sources/source.ts';
import { joinFilters } from '../../../functions/triggers/joinFilters.ts';
import { sourceOf } from '../../../functions/triggers/sourcesOf.ts';
import type { Trigger } from '../../../functions/triggers/trigger.ts';

/** What should be set up at Segment. */
export interface DesiredConnection {
  readonly name: string;
  /** `https://…/segment`; a route is one more path segment. */
  readonly segmentUrl: string;
  readonly sharedSecret: string;
  readonly bearerToken: string;
  /** Other values that Segment may have during a rotation. */
  readonly alsoValid?: AlsoValid;
  /** `undefined` if the catalog does not offer it. */
  readonly useSegmentSignatureHeader: true | undefined;
  readonly mappings: readonly DesiredMapping[];
}

/** Other values that the receivers accept. */
export interface AlsoValid {
  readonly sharedSecret: readonly string[];
  readonly bearerToken: readonly string[];
}

/** One mapping: events that pass its filter are posted to its route. */
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
  /** The most events of a batch. */
  readonly batchSize: number;
  /** Whether `delete` events are sent too, for a stack with the setting `honourDeletes`. */
  readonly deletes?: boolean | undefined;
}

/** Segment's requests to delete a user. */
const deletesFilter = 'type = "delete"';

/** The names of our mappings begin with this. */
const namePrefix = 'mavera-triggers: ';

/** Routes of a source with the triggers that read them; triggers that read every route belong to "default". */
export function triggersByRoute(
  triggers: readonly Trigger[],
  source: SourceName = 'segment',
): ReadonlyMap<string, readonly Trigger[]> {
  const byRoute = new Map<string, Trigger[]>();
  for (const trigger of triggersReading(triggers, source)) {
    for (const route of [trigger.route ?? 'default'].flat()) {
      byRoute.set(route, [...(byRoute.get(route) ?? []), trigger]);
    }
  }
  return byRoute;
}

/** The triggers that read events of a source. One that follows another trigger needs events only to cancel its runs. */
function triggersReading(triggers: readonly Trigger[], source: SourceName): readonly Trigger[] {
  return triggers.filter((trigger) => sourceOf(trigger) === source && filtersOf([trigger]).length > 0);
}

/** The filters of all events that triggers read: those that start runs and those that cancel them. */
export function filtersOf(triggers: readonly Trigger[]): readonly string[] {
  return triggers.flatMap(({ when, from, cancelledBy }) => [
    // The filter of a pull is for what is pulled.
    ...(when === undefined || from !== undefined ? [] : [when]),
    ...(cancelledBy === undefined ? [] : [cancelledBy.when]),
  ]);
}

/** The URL of a route. */
export function routeUrl(segmentUrl: string, route: string): string {
  return route === 'default' ? segmentUrl : `${segmentUrl}/${route}`;
}

/** The mappings that send each route what its triggers want, and the connection test event. */
export function desiredMappings(
  triggers: readonly Trigger[],
  options: MappingOptions,
): readonly DesiredMapping[] {
  return [...triggersByRoute(triggers)].flatMap(([route, ofRoute], routeIndex) =>
    joinFilters([
      connectionTestFilter,
      // Once is enough: the receiver records the user, on whichever route.
      ...(options.deletes === true && routeIndex === 0 ? [deletesFilter] : []),
      ...filtersOf(ofRoute),
    ]).map((trigger, index) => ({
      name: `${namePrefix}${route}${index === 0 ? '' : ` (${index + 1})`}`,
      route,
      trigger,
      settings: settingsOf(route, options),
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
 * Warnings about routes: a trigger without a route reads every route, and what posts to a route sends its own copy of an
 * event.
 *
 * @param senders what posts to the routes
 */
export function routeWarnings(
  triggers: readonly Trigger[],
  source: SourceName = 'segment',
  senders: string = 'mappings',
): readonly string[] {
  const named = [...triggersByRoute(triggers, source).keys()].filter((route) => route !== 'default');
  const everywhere = triggersReading(triggers, source)
    .filter(({ route }) => route === undefined)
    .map(({ name }) => name);
  return named.length === 0 || everywhere.length === 0
    ? []
    : [
        `${everywhere.join(', ')}: a trigger without a route reads every route. An event that the ${senders} of ` +
          `${named.join(', ')} also send starts it once for each of them. To prevent this, give it route: "default".`,
      ];
}

/**
 * Warnings about routes with several mappings, because their filters cannot be joined. Segment sends an event that passes
 * several of them once for each, at the same time.
 */
export function overlapWarnings(mappings: readonly DesiredMapping[]): readonly string[] {
  // The mapping that only passes the test event overlaps with no other.
  const ofTriggers = mappings.filter(({ trigger }) => trigger !== connectionTestFilter);
  return [...Map.groupBy(ofTriggers, ({ route }) => route)].flatMap(([route, { length }]) =>
    length === 1
      ? []
      : [
          `route ${route} has ${length} mappings: a filter with two functions, or with parentheses of its own, cannot be ` +
            'joined with others. Segment sends an event that passes several of them once for each, at the same time. It ' +
            'still starts each trigger once, but each request costs. To prevent this, simplify the filters, or give the ' +
            'triggers different routes.',
        ],
  );
}
