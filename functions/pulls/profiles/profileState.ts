import type { Quantiles } from '../groups/clusterBy.ts';
import type { FieldSketch } from '../groups/fieldSketch.ts';
import type { GatheredPeople, PeopleGroup } from '../groups/groupPeople.ts';
import type { RowsPlace, Step } from '../pull.ts';
import type { ProfileChannels, StoredSource } from './profileChannels.ts';

/** What a `Profile Pulled` event has. Its user is the id of the file, if the file has user ids. */
export type PulledProfile<Trait extends string = string, Channels extends boolean = false> = {
  /** As the Profile API was asked, such as `user_id:u-1`. */
  readonly profile: string;
  readonly traits: { readonly [Name in Trait]?: unknown };
} & (Channels extends true ? ProfileChannels : unknown);

/** Where ids go on that were read in part: in a file, or in a preview. */
export interface IdsPlace {
  /** Absent at the beginning of a file, and with a preview. */
  readonly place?: RowsPlace | undefined;
  /** Ids of a preview that were read before. */
  readonly offset?: number | undefined;
}

/** Where a pull of profiles stands. What is stored of people are counts. */
export interface ProfilesState extends IdsPlace {
  readonly at: 'sources' | 'audience' | 'started' | 'ids' | 'profiles';
  readonly sources?: readonly StoredSource[];
  /** Of the next page of sources. */
  readonly cursor?: string | undefined;
  readonly preview?: string;
  /** `quantiles`: the first of two times that all profiles are read. */
  readonly pass: 'quantiles' | 'groups';
  readonly sketches?: Readonly<Record<string, FieldSketch>>;
  readonly quantiles?: Quantiles;
  readonly people: GatheredPeople;
  /** Rows of the file or the preview; of these, profiles that Segment was asked for; of these, those that it knows. */
  readonly rows: number;
  readonly asked: number;
  readonly known: number;
  /** The ids of one step, from one answer to the next: they are not stored. */
  readonly found?: FoundIds | undefined;
}

/** The ids of one step. */
export interface FoundIds {
  readonly ids: readonly string[];
  /** Where more ids are; absent after the last ones. */
  readonly more?: IdsPlace | undefined;
}

export type ProfilesStep = Step<ProfilesState, PulledProfile | PeopleGroup>;
