import type { Operation, Phrase, RateLimit, System } from './operation.ts';

const second = 1_000;
const minute = 60_000;

/** Source: Segment, "Profile API": 100 requests a second for each space. */
const profileReads: RateLimit = { name: 'segmentProfiles', requests: 100, perMs: second };
/** Segment does not publish the limit of this operation. Those that it publishes for lists are 25 and more. */
const sourceReads: RateLimit = { name: 'segment', requests: 25, perMs: minute };
/** Source: SegOps, "Plans": the smallest plan allows 60 requests a minute. */
const segopsCalls: RateLimit = { name: 'segops', requests: 60, perMs: minute };

/** What SendGrid's statistics of the whole account take. */
const accountStats = ['start_date', 'end_date', 'aggregated_by', 'limit', 'offset'] as const;

const space = '/spaces/{space}';
const profile = '/v1/spaces/{space}/collections/users/profiles/{profile}';

/**
 * Every call that functions may make: what is not here cannot be called, whatever is granted. Deleting and suppressing
 * people (`/regulations`) is not here on purpose.
 *
 * Sources: Mavera API reference; Segment, "HTTP API", "Profile API", "Public API"; SegOps, "Segments", "Ingestion";
 * SendGrid, "Marketing campaigns", "Event Webhook".
 */
export const operations = {
  askMave: mavera(['ask', 'Mave a question'], 'POST', '/mave/chat', 'mave', 'write'),
  listMaveThreads: mavera(['list', "Mave's threads"], 'GET', '/mave/threads', 'mave', 'read', [
    'limit',
    'cursor',
  ]),
  readMaveThread: mavera(['read', 'a thread of Mave'], 'GET', '/mave/threads/{id}', 'mave', 'read'),
  createPersona: mavera(['create', 'a persona'], 'POST', '/personas', 'personas', 'write'),
  updatePersona: mavera(['update', 'a persona'], 'PATCH', '/personas/{id}', 'personas', 'write'),
  listPersonas: mavera(['list', 'the personas'], 'GET', '/personas', 'personas', 'read', [
    'limit',
    'search',
    'cursor',
  ]),
  respondAs: mavera(['ask', 'a persona a question'], 'POST', '/responses', 'responses', 'write'),
  createFocusGroup: mavera(['start', 'a focus group'], 'POST', '/focus-groups', 'focusGroups', 'write'),
  readFocusGroup: mavera(['read', 'a focus group'], 'GET', '/focus-groups/{id}', 'focusGroups', 'read'),
  listFocusGroups: mavera(['list', 'the focus groups'], 'GET', '/focus-groups', 'focusGroups', 'read', [
    'limit',
    'cursor',
  ]),
  readUsage: mavera(['read', "the account's usage"], 'GET', '/usage', 'usage', 'read'),
  listWorkspaces: mavera(['list', "the account's workspaces"], 'GET', '/workspaces', 'workspaces', 'read', [
    'limit',
    'cursor',
  ]),

  sendToSegment: {
    does: ['send', 'a result to Segment'],
    system: 'segmentTracking',
    method: 'POST',
    path: '/batch',
    resource: 'events',
    level: 'write',
    hasBody: true,
    // Recommended for a workspace; Segment answers 429 above it.
    limit: { name: 'segmentTracking', requests: 1_000, perMs: second },
  },
  readProfileTraits: profiles(['read', 'the traits of a profile'], 'traits', ['limit', 'include', 'next']),
  readProfileIds: profiles(['read', 'the ids of a profile'], 'external_ids', ['limit', 'next']),
  readProfileEvents: profiles(['read', 'the events of a profile'], 'events', ['limit', 'sort', 'next']),
  listSegmentSources: {
    does: ['list', 'the Segment sources'],
    system: 'segment',
    method: 'GET',
    path: '/sources',
    query: ['pagination.count', 'pagination.cursor'],
    resource: 'sources',
    level: 'read',
    hasBody: false,
    limit: sourceReads,
  },
  listAudiences: publicApi(
    ['list', 'the audiences'],
    'GET',
    `${space}/audiences`,
    audienceCalls('lists', 60),
    ['pagination.count', 'pagination.cursor'],
  ),
  readAudience: publicApi(
    ['read', 'an audience'],
    'GET',
    `${space}/audiences/{audience}`,
    audienceCalls('reads', 100),
  ),
  previewAudience: {
    ...publicApi(
      ['start', 'a preview of an audience'],
      'POST',
      `${space}/audiences/previews`,
      audienceCalls('previews', 5),
    ),
    // Source: Segment, "Create Audience Preview": 700 a month for each space.
    quota: { name: 'audiencePreviews', calls: 700, per: 'month', by: 'space' },
  },
  readAudiencePreview: publicApi(
    ['read', 'a preview of an audience'],
    'GET',
    `${space}/audiences/previews/{preview}`,
    audienceCalls('previewReads', 300),
  ),

  readSegopsMembership: segops(
    ['read', "a user's segments"],
    'GET',
    '/segments/membership/',
    'membership',
    'read',
    ['user_id'],
  ),
  listSegopsSegments: segops(['list', 'the segments'], 'GET', '/segments/', 'segments', 'read', [
    'limit',
    'offset',
    'page',
  ]),
  readSegopsSegment: segops(['read', 'a segment'], 'GET', '/segments/{segment}/', 'segments', 'read'),
  listSegopsMembers: segops(
    ['list', 'the members of a segment'],
    'GET',
    '/segments/{segment}/members/',
    'members',
    'read',
    ['limit', 'cursor'],
  ),
  sendToSegops: segops(['send', 'events to SegOps'], 'POST', '/ingestion/track/batch/', 'events', 'write'),

  readSingleSend: sendgrid(['read', 'a single send'], '/v3/marketing/singlesends/{id}', 'singleSends'),
  readSingleSendStats: sendgrid(
    ['read', 'the statistics of a single send'],
    '/v3/marketing/stats/singlesends/{id}',
    'stats',
    ['aggregated_by', 'group_by', 'start_date', 'end_date', 'timezone', 'page_size', 'page_token'],
  ),
  readContactSegment: sendgrid(
    ['read', 'a segment of contacts'],
    '/v3/marketing/segments/2.0/{id}',
    'contacts',
  ),
  listSingleSends: sendgrid(['list', 'the single sends'], '/v3/marketing/singlesends', 'singleSends', [
    'page_size',
    'page_token',
  ]),
  readSingleSendLinks: sendgrid(
    ['read', 'the clicks on the links of a single send'],
    '/v3/marketing/stats/singlesends/{id}/links',
    'stats',
    ['group_by', 'ab_variation_id', 'ab_phase_id', 'page_size', 'page_token'],
  ),
  readDeviceStats: sendgrid(
    ['read', 'the statistics of devices'],
    '/v3/devices/stats',
    'stats',
    accountStats,
  ),
  readGeoStats: sendgrid(['read', 'the statistics of places'], '/v3/geo/stats', 'stats', [
    ...accountStats,
    'country',
  ]),
  readClientStats: sendgrid(
    ['read', 'the statistics of mail programs'],
    '/v3/clients/stats',
    'stats',
    accountStats,
  ),
  readMailboxStats: sendgrid(
    ['read', 'the statistics of mailbox providers'],
    '/v3/mailbox_providers/stats',
    'stats',
    accountStats,
  ),
  startContactExport: {
    ...sendgrid(['start', 'an export of contacts'], '/v3/marketing/contacts/exports', 'contacts'),
    method: 'POST',
    level: 'write',
    hasBody: true,
  },
  listContactExports: sendgrid(
    ['list', 'the exports of contacts'],
    '/v3/marketing/contacts/exports',
    'contacts',
  ),
  readContactExport: sendgrid(
    ['read', 'an export of contacts'],
    '/v3/marketing/contacts/exports/{id}',
    'contacts',
  ),
} as const satisfies Readonly<Record<string, Operation>>;

export type OperationName = keyof typeof operations;

interface OperationOn<Of extends System, Resource extends string> extends Operation {
  readonly system: Of;
  readonly resource: Resource;
}

/** A resource of a system, such as `mavera.personas`. */
export type Resource = {
  readonly [Name in OperationName]: `${(typeof operations)[Name]['system']}.${(typeof operations)[Name]['resource']}`;
}[OperationName];

function mavera<const Resource extends string>(
  does: Phrase,
  method: Operation['method'],
  path: string,
  resource: Resource,
  level: Operation['level'],
  query: readonly string[] = [],
): OperationOn<'mavera', Resource> {
  // Mavera's limit is the account's own; the runner reads it with the usage.
  return { does, system: 'mavera', method, path, query, resource, level, hasBody: method !== 'GET' };
}

function profiles(
  does: Phrase,
  part: string,
  query: readonly string[],
): OperationOn<'segmentProfiles', 'profiles'> {
  return {
    does,
    system: 'segmentProfiles',
    method: 'GET',
    path: `${profile}/${part}`,
    query,
    resource: 'profiles',
    level: 'read',
    hasBody: false,
    limit: profileReads,
  };
}

/** Source: Segment, "Public API", OpenAPI 73: each operation on audiences has a limit of its own. */
function audienceCalls(name: string, requests: number): RateLimit {
  return { name: `audience-${name}`, requests, perMs: minute };
}

function publicApi(
  does: Phrase,
  method: 'GET' | 'POST',
  path: string,
  limit: RateLimit,
  query: readonly string[] = [],
): OperationOn<'segment', 'audiences'> {
  const isRead = method === 'GET';
  return {
    does,
    system: 'segment',
    method,
    path,
    query,
    resource: 'audiences',
    level: isRead ? 'read' : 'write',
    hasBody: !isRead,
    limit,
  };
}

function segops<const Resource extends string>(
  does: Phrase,
  method: Operation['method'],
  path: string,
  resource: Resource,
  level: Operation['level'],
  query: readonly string[] = [],
): OperationOn<'segops', Resource> {
  return {
    does,
    system: 'segops',
    method,
    path,
    query,
    resource,
    level,
    hasBody: method !== 'GET',
    limit: segopsCalls,
  };
}

function sendgrid<const Resource extends string>(
  does: Phrase,
  path: string,
  resource: Resource,
  query: readonly string[] = [],
): OperationOn<'sendgrid', Resource> {
  return { does, system: 'sendgrid', method: 'GET', path, query, resource, level: 'read', hasBody: false };
}
