import * as z from 'zod/mini';
import { checkChangedBy, checkId, checkOption } from './checkOption.ts';
import { definePull } from './definePull.ts';
import { type Quantiles, quantilesFrom } from './groups/clusterBy.ts';
import { addValue, type FieldSketch, startSketch } from './groups/fieldSketch.ts';
import {
  addPerson,
  type GatheredPeople,
  type GroupBy,
  groupItem,
  groupsOf,
  type PeopleGroup,
  startPeople,
} from './groups/groupPeople.ts';
import {
  channelFields,
  mostSources,
  type ProfileChannels,
  readStoredSources,
  type StoredSource,
  sourcesCall,
} from './profiles/profileChannels.ts';
import { type AudiencePreview, type IdsFrom, idsFold, profileOf } from './profiles/profileIds.ts';
import { fieldOf, fieldsOf, type Profile, profileCalls, readProfileAnswers } from './profiles/readProfile.ts';
import type { Asking, OperationCall, Pull, PullAnswer, PulledItem, Step, Told } from './pull.ts';

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

/** What a `Profile Pulled` event has. Its user is the id of the file, if the file has user ids. */
export type PulledProfile<Trait extends string = string, Channels extends boolean = false> = {
  /** As the Profile API was asked, such as `user_id:u-1`. */
  readonly profile: string;
  readonly traits: { readonly [Name in Trait]?: unknown };
} & (Channels extends true ? ProfileChannels : unknown);

const audienceSchema = z.object({
  data: z.object({
    audience: z.object({
      definition: z.nullish(z.object({ query: z.string(), targetEntity: z.nullish(z.string()) })),
      audienceType: z.nullish(z.string()),
    }),
  }),
});
const startedSchema = z.object({
  data: z.object({ audiencePreview: z.object({ id: z.string() }) }),
});
const previewSchema = z.object({
  data: z.object({
    audiencePreview: z.object({
      status: z.enum(['RUNNING', 'COMPLETED', 'FAILED']),
      results: z.nullish(z.array(z.object({ id: z.string() }))),
      failureReason: z.nullish(z.string()),
    }),
  }),
});
const idsSchema = z.array(z.string());

/** Profiles of one step: at a fifth of the space's limit, 20 a second, a few seconds. */
const profilesAtOnce = 50;
const pollMs = 5_000;

/** Where a pull stands. What a state has of people are counts, and the ids of one step from one answer to the next. */
interface State {
  readonly at: 'sources' | 'audience' | 'started' | 'ids' | 'profiles';
  readonly sources?: readonly StoredSource[];
  /** Of the next page of sources. */
  readonly cursor?: string | undefined;
  readonly preview?: string;
  /** Ids that were read before. */
  readonly offset: number;
  /** `quantiles`: the first of two times that all profiles are read. */
  readonly pass: 'quantiles' | 'groups';
  readonly sketches?: Readonly<Record<string, FieldSketch>>;
  readonly quantiles?: Quantiles;
  readonly people: GatheredPeople;
  readonly ids?: readonly string[];
}

/**
 * Pulls Segment profiles with the traits that are named: one event `Profile Pulled` each, or with `groupBy` one event
 * `Profiles Grouped` for each group of 5 profiles or more, with sums alone and no profile. Profiles that Segment does not know
 * are passed over. Clusters by quantiles read each profile twice.
 *
 * Segment has no operation that lists profiles: their ids come from a preview of an audience, or from a file. Ids are matched
 * in lower case.
 *
 * Source: Segment, "Profile API"; "Public API", "Create Audience Preview".
 *
 * @example
 * from: segmentProfiles({
 *   space: 'spa_1', of: audiencePreview('aud_1'), traits: ['ltv', 'plan'],
 *   groupBy: clusterBy({ high_value: { ltv: { top: 0.25 } }, growth: { plan: ['pro'] } }),
 * })
 */
export function segmentProfiles<const Trait extends string, const Channels extends boolean = false>(
  options: SegmentProfilesOptions<Trait, Channels>,
): Pull<PulledProfile<Trait, Channels>>;
export function segmentProfiles<const Trait extends string>(
  options: GroupedProfilesOptions<Trait>,
): Pull<PeopleGroup>;
export function segmentProfiles(options: Options): Pull<PulledProfile> | Pull<PeopleGroup> {
  checkOptions(options);
  const { of, groupBy, channels } = options;
  const isPreview = of.kind === 'audiencePreview';
  const needsQuantiles = typeof groupBy === 'object' && groupBy.quantiles.length > 0;
  const start: State = {
    at: channels === true ? 'sources' : firstOf(of),
    offset: 0,
    pass: needsQuantiles ? 'quantiles' : 'groups',
    people: startPeople(),
  };
  return definePull<State, PulledProfile | PeopleGroup>({
    kind: 'segmentProfiles',
    source: 'segment',
    operations: [
      ...(isPreview ? (['readAudience', 'previewAudience', 'readAudiencePreview'] as const) : []),
      'readProfileTraits',
      ...(channels === true ? (['readProfileIds', 'listSegmentSources'] as const) : []),
    ],
    files: isPreview ? [] : [of.file],
    spaces: [options.space],
    start,
    step: (state, answers) => {
      switch (state.at) {
        case 'sources':
          return readPageOfSources(state, options, answers[0]);
        case 'audience':
          return preview(state, options, answers[0]);
        case 'started': {
          const { id } = startedSchema.parse(answers[0]?.value).data.audiencePreview;
          return { next: { ...state, at: 'ids', preview: id }, waitMs: pollMs };
        }
        case 'ids':
          return answers[0] === undefined ? askIds(state, options) : askProfiles(state, options, answers[0]);
        case 'profiles':
          return readProfiles(state, options, answers);
      }
    },
  }) as Pull<PulledProfile> | Pull<PeopleGroup>;
}

type Options = SegmentProfilesOptions<string> | GroupedProfilesOptions<string>;
type ProfileStep = Step<State, PulledProfile | PeopleGroup>;

/** Where a pull begins that needs no sources. */
function firstOf({ kind }: Options['of']): State['at'] {
  return kind === 'audiencePreview' ? 'audience' : 'ids';
}

/** Reads the Segment sources before the profiles: they tell the channel of an id such as `user_id`. */
function readPageOfSources(state: State, { of }: Options, answer: PullAnswer | undefined): ProfileStep {
  if (answer === undefined) {
    return { calls: [sourcesCall(state.cursor)] };
  }
  const page = readStoredSources(answer.value);
  const sources = [...(state.sources ?? []), ...page.sources].slice(0, mostSources);
  return page.next === undefined || sources.length === mostSources
    ? { next: { ...state, cursor: undefined, sources, at: firstOf(of) } }
    : { next: { ...state, cursor: page.next, sources } };
}

function checkOptions({ space, of, traits, channels, groupBy, changedBy }: Options): void {
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

/** Previews the audience by its own definition. */
function preview(state: State, { space, of }: Options, answer: PullAnswer | undefined): ProfileStep {
  const audience = of.kind === 'audiencePreview' ? of.audience : '';
  if (answer === undefined) {
    return { calls: [{ operation: 'readAudience', request: { path: { space, audience } } }] };
  }
  const { definition, audienceType } = answer.found
    ? audienceSchema.parse(answer.value).data.audience
    : { definition: undefined, audienceType: undefined };
  if (!definition) {
    throw new Error(`the space ${space} has no audience ${audience} with a definition`);
  }
  const body = { definition, audienceType: audienceType ?? 'USERS' };
  return {
    calls: [{ operation: 'previewAudience', request: { path: { space }, body } }],
    next: { ...state, at: 'started' },
  };
}

/** Asks for the ids of one step, from the place where the last one ended: the ids themselves are not stored. */
function askIds({ preview: id = '', offset }: State, { space, of }: Options): Asking<State> {
  if (of.kind === 'audiencePreview') {
    const call: OperationCall = {
      operation: 'readAudiencePreview',
      request: { path: { space, preview: id } },
    };
    return { calls: [call] };
  }
  const format = /\.(?:ndjson|jsonl)(?:\.gz)?$/.test(of.file) ? 'ndjson' : 'csv';
  const rows = { from: of.file, format, skip: offset, take: profilesAtOnce } as const;
  const needsColumn = offset === 0 && format === 'csv';
  return { calls: [{ rows, fold: idsFold(of.column, needsColumn) }] };
}

function askProfiles(state: State, options: Options, answer: PullAnswer): ProfileStep {
  const { of } = options;
  const ids = of.kind === 'idsFrom' ? idsOfFile(of, answer) : idsOfPreview(state, answer);
  if (ids === undefined) {
    return { next: state, waitMs: pollMs };
  }
  if (ids.length === 0) {
    return atEnd(state, options);
  }
  const calls = profileCalls(
    ids.filter((id) => id !== '').map((id) => profileOf(id, of)),
    options,
  );
  const next = { ...state, ids };
  return calls.length === 0 ? readProfiles(next, options, []) : { calls, next: { ...next, at: 'profiles' } };
}

function idsOfFile({ file }: IdsFrom, { found, value }: PullAnswer): readonly string[] {
  if (!found) {
    throw new Error(`there is no file ${file}, or it may not be read`);
  }
  return idsSchema.parse(value);
}

/** The ids of this step; `undefined`: the preview is not ready. */
function idsOfPreview({ offset }: State, { found, value }: PullAnswer): readonly string[] | undefined {
  if (!found) {
    throw new Error('the preview of the audience is gone; start the pull again');
  }
  const { status, results, failureReason } = previewSchema.parse(value).data.audiencePreview;
  switch (status) {
    case 'RUNNING':
      return undefined;
    case 'FAILED':
      throw new Error(`Segment could not preview the audience: ${failureReason ?? 'it says no reason'}`);
    case 'COMPLETED':
      return (results ?? []).slice(offset, offset + profilesAtOnce).map(({ id }) => id);
  }
}

function readProfiles(state: State, options: Options, answers: readonly PullAnswer[]): ProfileStep {
  const { ids = [], offset, ...rest } = state;
  const { of, groupBy } = options;
  const asked = ids.filter((id) => id !== '');
  const profiles = readProfileAnswers(asked, options, answers, state.sources);
  const next: State = { ...rest, at: 'ids', offset: offset + ids.length };
  if (groupBy === undefined) {
    return { events: profiles.map((profile) => profileItem(profile, of)), next };
  }
  const { sketches = {}, quantiles } = state;
  // Adding changes in place, and a step changes nothing that it is given.
  const people = structuredClone(state.people);
  if (state.pass === 'groups') {
    for (const profile of profiles) {
      addPerson(people, (field) => fieldOf(profile, field), groupBy, fieldsOf(options), quantiles);
    }
  }
  return state.pass === 'groups'
    ? { next: { ...next, people } }
    : { next: { ...next, sketches: withValues(sketches, profiles, groupBy) } };
}

function withValues(
  sketches: Readonly<Record<string, FieldSketch>>,
  profiles: readonly Profile[],
  groupBy: GroupBy,
): Readonly<Record<string, FieldSketch>> {
  const fields = typeof groupBy === 'string' ? [] : groupBy.quantiles.map(({ field }) => field);
  return Object.fromEntries(
    [...new Set(fields)].map((field) => {
      const sketch = structuredClone(sketches[field] ?? startSketch());
      for (const profile of profiles) {
        addValue(sketch, fieldOf(profile, field));
      }
      return [field, sketch];
    }),
  );
}

/** All ids are read: once more from the beginning if only the quantiles are known so far, otherwise it is the end. */
function atEnd(
  { pass, sketches = {}, people, ...state }: State,
  options: Options,
): Told<State, PulledProfile | PeopleGroup> {
  const { groupBy, changedBy } = options;
  if (groupBy === undefined) {
    return {};
  }
  if (pass === 'quantiles' && typeof groupBy !== 'string') {
    const quantiles = quantilesFrom(groupBy, new Map(Object.entries(sketches)));
    return { next: { ...state, pass: 'groups', offset: 0, people, quantiles } };
  }
  return {
    events: groupsOf(people, fieldsOf(options)).map((group) =>
      groupItem('Profiles Grouped', group, changedBy),
    ),
  };
}

function profileItem({ id, traits, channels }: Profile, of: Options['of']): PulledItem<PulledProfile> {
  const profile = profileOf(id, of);
  const isUser = of.kind === 'idsFrom' && of.idType === 'user_id';
  return {
    item: profile,
    event: 'Profile Pulled',
    properties: { profile, traits, ...channels },
    ...(isUser ? { userId: id } : {}),
  };
}
