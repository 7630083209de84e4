import type { Lookup, LookupOptions } from './lookup.ts';

/** What is read of a profile. At least one of `traits`, `externalIds` and `events`; each is a call. */
export interface SegmentProfileOptions<
  Trait extends string = string,
  Ids extends boolean = boolean,
  Events extends boolean = boolean,
> extends LookupOptions {
  /** Id of the space, such as `spa_1`. @default the space of the deployment */
  readonly space?: string;
  /** Names of up to 100 traits. @default no traits */
  readonly traits?: readonly Trait[];
  /** Whether the ids that the profile is known by are read, up to 100 of them. @default false */
  readonly externalIds?: Ids;
  /** Whether the newest `track` events of the last 14 days are read, up to 100 of them. @default false */
  readonly events?: Events;
}

/** How a profile is reached. `other`: an id type or Segment source that says nothing about it. */
export type Channel = 'web' | 'ios' | 'android' | 'email' | 'server' | 'other';

/** An id that a profile is known by. Source: Segment, "Profile API", external ids. */
export interface ExternalId {
  /** Such as `user_id`, `email`, `anonymous_id`, `ios.idfa`. */
  readonly type: string;
  readonly id: string;
  /** Name of the Segment source that the id came from; absent where it is not known. */
  readonly source?: string | undefined;
}

/** A `track` event of a profile. Source: Segment, "Profile API", events. */
export interface ProfileEvent {
  readonly event: string;
  readonly properties: Readonly<Record<string, unknown>>;
  /** ISO 8601. */
  readonly timestamp?: string | undefined;
  /** Name of the Segment source that the event came from; absent where it is not known. */
  readonly source?: string | undefined;
}

/** A profile: what the lookup asks for, and no more. Values that the profile does not have are absent. */
export type SegmentProfile<Trait extends string, Ids extends boolean, Events extends boolean> = {
  readonly traits: { readonly [Name in Trait]?: unknown };
} & (Ids extends true ? { readonly externalIds: readonly ExternalId[] } : unknown) &
  (Events extends true ? { readonly events: readonly ProfileEvent[] } : unknown) &
  // Without ids and events nothing tells the channels.
  (true extends Ids | Events ? { readonly channels: readonly Channel[] } : unknown);

export type SegmentProfileLookup<Value = unknown> = Lookup<Value, 'segmentProfile'> & SegmentProfileOptions;

/**
 * Looks up the Segment profile of the event's user: by the user id, otherwise by the anonymous id.
 *
 * @returns a lookup whose value is `undefined` when Segment knows no such profile
 * @example with: { profile: segmentProfile({ traits: ['ltv', 'plan'], events: true }) }
 */
export function segmentProfile<
  const Trait extends string = never,
  const Ids extends boolean = false,
  const Events extends boolean = false,
>(
  options: SegmentProfileOptions<Trait, Ids, Events>,
): SegmentProfileLookup<SegmentProfile<Trait, Ids, Events> | undefined> {
  return { kind: 'segmentProfile', ...options };
}
