import { isOurs } from '../plan/planConnection.ts';
import type { SegmentDestination, SegmentMapping } from '../segmentApi/apiSchemas.ts';
import type { SegmentApi } from '../segmentApi/segmentApi.ts';
import { webhooksMetadataId } from '../session.ts';

/** A destination that posts to us, of any Segment source. */
export interface OurDestination {
  readonly destination: SegmentDestination;
  /** Its mappings that post to us. */
  readonly mappings: readonly SegmentMapping[];
}

/** Every destination of the workspace with a mapping that posts to us: all of them sign with our secret. */
export async function ourDestinations(
  api: SegmentApi,
  segmentUrl: string,
): Promise<readonly OurDestination[]> {
  const found: OurDestination[] = [];
  for (const destination of await api.destinations()) {
    if (destination.metadata.id === webhooksMetadataId) {
      const mappings = (await api.mappings(destination.id)).filter((mapping) => isOurs(mapping, segmentUrl));
      if (mappings.length > 0) {
        found.push({ destination, mappings });
      }
    }
  }
  return found;
}
