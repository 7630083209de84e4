import { claimKey, messageKey } from '../../../functions/ledger/keys.ts';
import { recomputedId } from '../../../functions/sources/segops/toEvent.ts';
import type { SourceName } from '../../../functions/sources/source.ts';

/** The event that the trigger of this proof wants; see `triggers.ts`. */
export type WantedEvent = {
  readonly type: 'track';
  readonly event: 'flood_proof';
  /** Also the marker, by which claims and calls are recognized. */
  readonly messageId: string;
  readonly userId: string;
  readonly properties: Readonly<Record<string, unknown>> & { readonly marker: string };
};

/** The sources beside Segment. */
export type OtherSource = Exclude<SourceName, 'segment'>;

/** An event that starts a run if it is accepted. */
export function wantedEvent(marker: string, properties: Readonly<Record<string, unknown>> = {}): WantedEvent {
  return {
    type: 'track',
    event: 'flood_proof',
    messageId: marker,
    userId: `user-${marker}`,
    properties: { ...properties, marker },
  };
}

/** The marker of an event, or `undefined` when no trigger wants it. */
export function markerOf(event: Readonly<Record<string, unknown>>): string | undefined {
  return event.event === 'flood_proof' ? String(event.messageId) : undefined;
}

/** The marker of an event of another source ends with the source's name. */
export function markerFor(source: OtherSource, marker: string): string {
  return `${marker}-${source}`;
}

const tenant = 'floods';
/** All segments were computed when this module was loaded. */
const computedAtMs = Math.floor(Date.now() / 1000) * 1000;

/**
 * An element of another source that starts a run if it is accepted.
 *
 * @param marker of {@link markerFor}
 */
export function wantedElement(source: OtherSource, marker: string): object {
  return source === 'sendgrid'
    ? {
        email: `${marker}@example.com`,
        event: 'click',
        url: 'https://example.com/pricing',
        sg_event_id: marker,
        timestamp: computedAtMs / 1000,
        marker,
      }
    : {
        event: 'segment.recomputed',
        tenant_slug: tenant,
        segment_id: marker,
        segment_name: marker,
        member_count: 1_842,
        computed_at: new Date(computedAtMs).toISOString(),
        marker,
      };
}

/** The key of the claim that an event gets when it is accepted, by its marker. */
export function claimOf(marker: string, route = 'default'): string {
  const source = marker.endsWith('-sendgrid')
    ? 'sendgrid'
    : marker.endsWith('-segops')
      ? 'segops'
      : 'segment';
  const messageId = source === 'segops' ? recomputedId(tenant, marker, computedAtMs) : marker;
  const identity = { source, route, messageId, element: undefined } as const;
  return claimKey(identity, messageKey(identity));
}
