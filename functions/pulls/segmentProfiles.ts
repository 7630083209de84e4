import * as z from 'zod/mini';
import { definePull } from './definePull.ts';
import { type PeopleGroup, startPeople } from './groups/groupPeople.ts';
import { addProfiles, endOfProfiles } from './profiles/groupProfiles.ts';
import { awaitPreview, idsOfPreview, previewAudience, previewPollMs } from './profiles/previewAudience.ts';
import { mostSources, readStoredSources, sourcesCall } from './profiles/profileChannels.ts';
import { type IdsFrom, idsFold, profileOf } from './profiles/profileIds.ts';
import type { FoundIds, ProfilesState, ProfilesStep, PulledProfile } from './profiles/profileState.ts';
import {
  checkProfileOptions,
  type GroupedProfilesOptions,
  type ProfileOptions,
  type SegmentProfilesOptions,
} from './profiles/profilesOptions.ts';
import { type Profile, profileCalls, readProfileAnswers } from './profiles/readProfile.ts';
import type { Asking, OperationCall, Pull, PullAnswer, PulledItem } from './pull.ts';

const idsSchema = z.array(z.string());

/** The most calls of a step: at a fifth of the space's limit, 20 a second, they take 5 seconds. */
const callsAtOnce = 100;

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
export function segmentProfiles(options: ProfileOptions): Pull<PulledProfile> | Pull<PeopleGroup> {
  checkProfileOptions(options);
  const { of, groupBy, channels } = options;
  const isPreview = of.kind === 'audiencePreview';
  const needsQuantiles = typeof groupBy === 'object' && groupBy.quantiles.length > 0;
  const start: ProfilesState = {
    at: channels === true ? 'sources' : firstOf(of),
    pass: needsQuantiles ? 'quantiles' : 'groups',
    people: startPeople(),
    rows: 0,
    asked: 0,
    known: 0,
  };
  return definePull<ProfilesState, PulledProfile | PeopleGroup>({
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
          return previewAudience(state, options, answers[0]);
        case 'started':
          return awaitPreview(state, answers[0]);
        case 'ids':
          return answers[0] === undefined ? askIds(state, options) : askProfiles(state, options, answers[0]);
        case 'profiles':
          return readProfiles(state, options, answers);
      }
    },
  }) as Pull<PulledProfile> | Pull<PeopleGroup>;
}

/** Where a pull begins that needs no sources. */
function firstOf({ kind }: ProfileOptions['of']): ProfilesState['at'] {
  return kind === 'audiencePreview' ? 'audience' : 'ids';
}

/** Reads the Segment sources before the profiles: they tell the channel of an id such as `user_id`. */
function readPageOfSources(
  state: ProfilesState,
  { of }: ProfileOptions,
  answer: PullAnswer | undefined,
): ProfilesStep {
  if (answer === undefined) {
    return { calls: [sourcesCall(state.cursor)] };
  }
  const page = readStoredSources(answer.value);
  const sources = [...(state.sources ?? []), ...page.sources].slice(0, mostSources);
  return page.next === undefined || sources.length === mostSources
    ? { next: { ...state, cursor: undefined, sources, at: firstOf(of) } }
    : { next: { ...state, cursor: page.next, sources } };
}

/** The profiles of one step. */
function profilesAtOnce({ channels }: ProfileOptions): number {
  return channels === true ? callsAtOnce / 2 : callsAtOnce;
}

/** Asks for the ids of one step, from the place where the last one ended: the ids themselves are not stored. */
function askIds({ preview = '', place }: ProfilesState, options: ProfileOptions): Asking<ProfilesState> {
  const { space, of } = options;
  if (of.kind === 'audiencePreview') {
    const call: OperationCall = { operation: 'readAudiencePreview', request: { path: { space, preview } } };
    return { calls: [call] };
  }
  const format = /\.(?:ndjson|jsonl)(?:\.gz)?$/.test(of.file) ? 'ndjson' : 'csv';
  const rows = { from: of.file, format, after: place, take: profilesAtOnce(options) } as const;
  const needsColumn = place === undefined && format === 'csv';
  return { calls: [{ rows, fold: idsFold(of.column, needsColumn) }] };
}

function askProfiles(state: ProfilesState, options: ProfileOptions, answer: PullAnswer): ProfilesStep {
  const { of } = options;
  const found =
    of.kind === 'idsFrom' ? idsOfFile(of, answer) : idsOfPreview(state, profilesAtOnce(options), answer);
  if (found === undefined) {
    return { next: state, waitMs: previewPollMs };
  }
  const calls = profileCalls(
    found.ids.filter((id) => id !== '').map((id) => profileOf(id, of)),
    options,
  );
  const next: ProfilesState = { ...state, at: 'profiles', found };
  return calls.length === 0 ? readProfiles(next, options, []) : { calls, next };
}

function idsOfFile({ file }: IdsFrom, { found, value, place }: PullAnswer): FoundIds {
  if (!found) {
    throw new Error(`there is no file ${file}, or it may not be read`);
  }
  return { ids: idsSchema.parse(value), more: place && { place } };
}

function readProfiles(
  { found, place: _read, offset: _before, ...rest }: ProfilesState,
  options: ProfileOptions,
  answers: readonly PullAnswer[],
): ProfilesStep {
  const { of } = options;
  const asked = found?.ids.filter((id) => id !== '') ?? [];
  const profiles = readProfileAnswers(asked, options, answers, rest.sources);
  const next: ProfilesState = {
    ...rest,
    at: 'ids',
    ...found?.more,
    rows: rest.rows + (found?.ids.length ?? 0),
    asked: rest.asked + asked.length,
    known: rest.known + profiles.length,
  };
  const isLast = found?.more === undefined;
  if (isLast) {
    checkKnown(next, of);
  }
  if (options.groupBy === undefined) {
    const events = profiles.map((profile) => profileItem(profile, of));
    return isLast ? { events } : { events, next };
  }
  const added = addProfiles(next, options, profiles);
  return isLast ? endOfProfiles(added, options) : { next: added };
}

/** Ids of another type, or of another column, would otherwise look like people who are not there. */
function checkKnown({ rows, asked, known }: ProfilesState, of: ProfileOptions['of']): void {
  const column =
    of.kind !== 'idsFrom' || of.column === undefined ? 'the first column' : `the column "${of.column}"`;
  if (rows > 0 && asked === 0) {
    throw new Error(`none of the ${rows} rows has an id in ${column}; idsFrom takes another column`);
  }
  if (asked > 0 && known === 0) {
    const fix =
      of.kind === 'idsFrom'
        ? `it was asked for ids of the type ${of.idType}, from ${column}: idsFrom takes another idType or column`
        : "a space may need a type with its ids, such as audiencePreview('aud_1', { idType: 'segment_id' })";
    throw new Error(`Segment knows none of the ${asked} profiles; ${fix}`);
  }
}

function profileItem({ id, traits, channels }: Profile, of: ProfileOptions['of']): PulledItem<PulledProfile> {
  const profile = profileOf(id, of);
  const isUser = of.kind === 'idsFrom' && of.idType === 'user_id';
  return {
    item: profile,
    event: 'Profile Pulled',
    properties: { profile, traits, ...channels },
    ...(isUser ? { userId: id } : {}),
  };
}
