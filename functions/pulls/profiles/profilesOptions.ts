import { checkChangedBy, checkId, checkOption } from '../checkOption.ts';
import type { GroupBy } from '../groups/groupPeople.ts';
import { channelFields } from './profileChannels.ts';
import type { AudiencePreview, IdsFrom } from './profileIds.ts';

interface ProfilesOptions<Trait extends string, Channels extends boolean> {
  /** Id of the space, such as `spa_1`. */
  readonly space: string;
  /** Whose profiles. */
  readonly of: AudiencePreview | IdsFrom;
  /** Names of 1 to 100 traits, without commas. */
  readonly traits: readonly Trait[];
  /**
   * Whether the channels of each profile are read too, from the types of its external ids and from the Segment sources that
   * they came from: one more call for each profile. The ids themselves are not passed on.
   *
   * A group has them as the fields `channels`, `channel_count` and `sources`, which `groupBy` may use as well.
   * @default false
   */
  readonly channels?: Channels;
}

export type SegmentProfilesOptions<
  Trait extends string,
  Channels extends boolean = boolean,
> = ProfilesOptions<Trait, Channels> & {
  readonly groupBy?: never;
  readonly changedBy?: never;
};

export type GroupedProfilesOptions<Trait extends string> = ProfilesOptions<Trait, boolean> & {
  /** The trait whose values are the groups, or {@link clusterBy}; its fields are among `traits`, or those of channels. */
  readonly groupBy: GroupBy;
  /** By which share a group's size or a median has to change before the group counts as changed. @default 0.1 */
  readonly changedBy?: number;
};

/** Either. */
export type ProfileOptions = SegmentProfilesOptions<string> | GroupedProfilesOptions<string>;

/**
 * Stops a triggers file whose options cannot be used.
 *
 * @throws RangeError
 */
export function checkProfileOptions(options: ProfileOptions): void {
  const { space, of, traits, channels, groupBy, changedBy } = options;
  checkId('segmentProfiles: space', space, 'spa_1');
  const isOf = of?.kind === 'audiencePreview' || of?.kind === 'idsFrom';
  checkOption('segmentProfiles: of', isOf, "audiencePreview('aud_1') or idsFrom('s3://…')", of);
  const isTraits =
    Array.isArray(traits) &&
    traits.length > 0 &&
    traits.length <= 100 &&
    traits.every((trait) => typeof trait === 'string' && trait !== '' && !trait.includes(','));
  checkOption('segmentProfiles: traits', isTraits, 'a list of 1 to 100 names without commas', traits);
  const needed = groupBy === undefined ? [] : typeof groupBy === 'string' ? [groupBy] : groupBy.fields;
  const known: readonly string[] = channels === true ? [...traits, ...channelFields] : traits;
  const missing = needed.filter((field) => !known.includes(field));
  checkOption(
    'segmentProfiles: traits',
    missing.length === 0,
    `also ${missing.join(', ')}, for groupBy`,
    traits,
  );
  const taken = channelFields.find((field) => channels === true && traits.includes(field));
  checkOption('segmentProfiles: traits', taken === undefined, `no ${taken}: channels has this name`, traits);
  const isOne = groupBy !== 'channels' && groupBy !== 'sources';
  checkOption('segmentProfiles: groupBy', isOne, 'clusterBy(…), because a profile has several', groupBy);
  checkChangedBy('segmentProfiles', changedBy);
}
