import type { ApiAnswer } from '../../http/reply.ts';
import type { Profile, ProfileTrackEvent, ProfileTrait } from './profile.ts';
import { cutProfilePage } from './profilePage.ts';
import { invalidQuery } from './profileProblem.ts';

/** What a part of a profile is read with. */
export interface PartRequest {
  readonly profile: Profile;
  readonly query: URLSearchParams;
  /** Of this part, with Segment's own id of the profile. */
  readonly path: string;
  readonly nowMs: number;
}

type ReadPart = (request: PartRequest) => ApiAnswer;

/** Source: Segment, "Profile API": events of the last 14 days. */
const eventsKeptMs = 14 * 86_400_000;

/** The parts of a profile by their name in the path. Source: Segment, "Profile API"; the rest is marked GUESS. */
export const profileParts: Readonly<Record<string, ReadPart>> = {
  traits: readTraits,
  external_ids: readIds,
  events: readEvents,
  metadata: readMetadata,
  links: readLinks,
};

function readTraits({ profile, query, path }: PartRequest): ApiAnswer {
  const included = listOf(query, 'include');
  const wantedClass = query.get('class');
  const wanted = Object.entries(profile.traits).filter(
    ([name, trait]) =>
      (included === undefined || included.includes(name)) &&
      (wantedClass === null || trait.class === wantedClass),
  );
  const { elements, cursor } = cutProfilePage({ elements: wanted, query, path, usually: 10, most: 200 });
  const isVerbose = query.get('verbose') === 'true';
  const shown = (trait: ProfileTrait): unknown =>
    isVerbose
      ? {
          value: trait.value,
          source_id: trait.sourceId,
          updated_at: new Date(profile.updatedAtMs).toISOString(),
        }
      : trait.value;
  const traits = Object.fromEntries(elements.map(([name, trait]) => [name, shown(trait)]));
  return { status: 200, body: { traits, cursor } };
}

/** GUESS: that `include` names types. */
function readIds({ profile, query, path }: PartRequest): ApiAnswer {
  const included = listOf(query, 'include');
  const wanted = profile.ids.filter(({ type }) => included === undefined || included.includes(type));
  const { elements, cursor } = cutProfilePage({ elements: wanted, query, path, usually: 25, most: 100 });
  const data = elements.map(({ type, id, sourceId }) => ({
    source_id: sourceId,
    collection: 'users',
    id,
    type,
    created_at: new Date(profile.createdAtMs).toISOString(),
    encoding: 'none',
    first_message_id: `ajs-${profile.segmentId.slice(4, 20)}`,
  }));
  return { status: 200, body: { data, cursor } };
}

/** GUESS: newest first unless `sort=asc`. */
function readEvents({ profile, query, path, nowMs }: PartRequest): ApiAnswer {
  const [included, excluded] = [listOf(query, 'include'), listOf(query, 'exclude')];
  const from = Math.max(timeOf(query, 'start') ?? 0, nowMs - eventsKeptMs);
  const to = timeOf(query, 'end') ?? nowMs;
  const found = profile.events.filter(
    ({ event, atMs }) =>
      atMs >= from &&
      atMs <= to &&
      (included === undefined || included.includes(event)) &&
      excluded?.includes(event) !== true,
  );
  const wanted = query.get('sort') === 'asc' ? found.toReversed() : found;
  const { elements, cursor } = cutProfilePage({ elements: wanted, query, path, usually: 10, most: 100 });
  return { status: 200, body: { data: elements.map((event) => shownEvent(profile, event)), cursor } };
}

function shownEvent(
  { ids, segmentId }: Profile,
  { event, properties, sourceId, atMs }: ProfileTrackEvent,
): object {
  return {
    external_ids: ids
      .slice(0, 1)
      .map(({ type, id }) => ({ collection: 'users', type, id, encoding: 'none' })),
    type: 'track',
    event,
    properties,
    context: {},
    timestamp: new Date(atMs).toISOString(),
    source_id: sourceId,
    message_id: `${segmentId.slice(4, 12)}-${sourceId}-${atMs}`,
    related: { users: [] },
  };
}

function readMetadata({ profile, path }: PartRequest): ApiAnswer {
  const { createdAtMs, updatedAtMs, ids, events, segmentId } = profile;
  const [first] = ids;
  const [latest] = events;
  const metadata = {
    created_at: new Date(createdAtMs).toISOString(),
    updated_at: new Date(updatedAtMs).toISOString(),
    expires_at: null,
    first_message_id: `ajs-${segmentId.slice(4, 20)}`,
    first_source_id: first?.sourceId ?? null,
    last_message_id: `ajs-${segmentId.slice(8, 24)}`,
    last_source_id: latest?.sourceId ?? first?.sourceId ?? null,
  };
  return { status: 200, body: { metadata, cursor: { url: path, has_more: false, next: '', limit: 10 } } };
}

/** The made-up customers belong to no accounts. */
function readLinks({ query, path }: PartRequest): ApiAnswer {
  const { elements, cursor } = cutProfilePage({ elements: [], query, path, usually: 20, most: 20 });
  return { status: 200, body: { data: elements, cursor } };
}

function listOf(query: URLSearchParams, name: string): readonly string[] | undefined {
  return query.get(name)?.split(',');
}

function timeOf(query: URLSearchParams, name: string): number | undefined {
  const text = query.get(name);
  if (text === null) {
    return undefined;
  }
  const ms = Date.parse(text);
  if (Number.isNaN(ms)) {
    throw invalidQuery(`${name} must be a time in ISO 8601`);
  }
  return ms;
}
