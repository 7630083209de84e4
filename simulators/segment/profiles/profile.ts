/** A trait with where it came from. */
export interface ProfileTrait {
  readonly value: unknown;
  readonly sourceId: string;
  /** Absent: a trait that a source sent. */
  readonly class?: 'audience' | 'computed_trait';
}

/** An id that a profile is known by. */
export interface ProfileId {
  /** Such as `user_id` or `ios.idfa`. */
  readonly type: string;
  /** In lower case, as Segment matches it. */
  readonly id: string;
  readonly sourceId: string;
}

/** A `track` event of a profile. */
export interface ProfileTrackEvent {
  readonly event: string;
  readonly properties: Readonly<Record<string, unknown>>;
  readonly sourceId: string;
  /** Epoch milliseconds. */
  readonly atMs: number;
}

/** A profile of a space. */
export interface Profile {
  /** Segment's own id, such as `use_1a2b`. */
  readonly segmentId: string;
  readonly ids: readonly ProfileId[];
  readonly traits: Readonly<Record<string, ProfileTrait>>;
  readonly events: readonly ProfileTrackEvent[];
  /** Epoch milliseconds. */
  readonly createdAtMs: number;
  /** Epoch milliseconds. */
  readonly updatedAtMs: number;
}
