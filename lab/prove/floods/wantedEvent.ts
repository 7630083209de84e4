import { claimKey, messageKey } from '../../../functions/ledger/keys.ts';

/** The event that the trigger of this proof wants; see `triggers.ts`. */
export type WantedEvent = {
  readonly type: 'track';
  readonly event: 'flood_proof';
  /** Also the marker, by which claims and calls are recognized. */
  readonly messageId: string;
  readonly userId: string;
  readonly properties: Readonly<Record<string, unknown>> & { readonly marker: string };
};

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

/** The key of the claim that an event gets when it is accepted. */
export function claimOf(messageId: string, route = 'default'): string {
  const identity = { source: 'segment', route, messageId, element: undefined } as const;
  return claimKey(identity, messageKey(identity));
}
