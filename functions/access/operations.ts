import type { Operation, RateLimit, System } from './operation.ts';

const second = 1_000;
const minute = 60_000;

/** Source: Segment, "Profile API": 100 requests a second for each space. */
const profileReads: RateLimit = { name: 'profiles', requests: 100, perMs: second };
/** Source: SegOps, "Plans": the smallest plan allows 60 requests a minute. */
const segopsCalls: RateLimit = { name: 'segops', requests: 60, perMs: minute };

const profile = '/v1/spaces/{space}/collections/users/profiles/{profile}';

/**
 * Every call that functions may make: what is not here cannot be called, whatever is granted. Deleting and suppressing
 * people (`/regulations`) is not here on purpose.
 *
 * Sources: Mavera API reference; Segment, "HTTP API", "Profile API", "Public API"; SegOps, "Segments", "Ingestion";
 * SendGrid, "Marketing campaigns", "Event Webhook".
 */
export const operations = {
  askMave: mavera('POST', '/mave/chat', 'mave', 'write'),
  listMaveThreads: mavera('GET', '/mave/threads', 'mave', 'read', ['limit', 'cursor']),
  readMaveThread: mavera('GET', '/mave/threads/{id}', 'mave', 'read'),
  createPersona: mavera('POST', '/personas', 'personas', 'write'),
  updatePersona: mavera('PATCH', '/personas/{id}', 'personas', 'write'),
  listPersonas: mavera('GET', '/personas', 'personas', 'read', ['limit', 'search', 'cursor']),
  respondAs: mavera('POST', '/responses', 'responses', 'write'),
  createFocusGroup: mavera('POST', '/focus-groups', 'focusGroups', 'write'),
  readFocusGroup: mavera('GET', '/focus-groups/{id}', 'focusGroups', 'read'),
  listFocusGroups: mavera('GET', '/focus-groups', 'focusGroups', 'read', ['limit', 'cursor']),
  readUsage: mavera('GET', '/usage', 'usage', 'read'),
  listWorkspaces: mavera('GET', '/workspaces', 'workspaces', 'read', ['limit', 'cursor']),

  sendToSegment: {
    system: 'segmentTracking',
    method: 'POST',
    path: '/batch',
    resource: 'events',
    level: 'write',
    hasBody: true,
    // Recommended for a workspace; Segment answers 429 above it.
    limit: { name: 'tracking', requests: 1_000, perMs: second },
  },
  readProfileTraits: profiles('traits', ['limit', 'include', 'next']),
  readProfileIds: profiles('external_ids', ['limit', 'next']),
  readProfileEvents: profiles('events', ['limit', 'sort', 'next']),
  listSegmentSources: {
    system: 'segment',
    method: 'GET',
    path: '/sources',
    query: ['pagination.count', 'pagination.cursor'],
    resource: 'sources',
    level: 'read',
    hasBody: false,
  },

  readSegopsMembership: segops('GET', '/segments/membership/', 'membership', 'read', ['user_id']),
  readSegopsSegment: segops('GET', '/segments/{segment}/', 'segments', 'read'),
  listSegopsMembers: segops('GET', '/segments/{segment}/members/', 'members', 'read', ['limit', 'cursor']),
  sendToSegops: segops('POST', '/ingestion/track/batch/', 'events', 'write'),

  readSingleSend: sendgrid('/v3/marketing/singlesends/{id}', 'singleSends'),
  readSingleSendStats: sendgrid('/v3/marketing/stats/singlesends/{id}', 'stats', [
    'aggregated_by',
    'group_by',
    'start_date',
    'end_date',
    'timezone',
    'page_size',
    'page_token',
  ]),
  readContactSegment: sendgrid('/v3/marketing/segments/2.0/{id}', 'contacts'),
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
  method: Operation['method'],
  path: string,
  resource: Resource,
  level: Operation['level'],
  query: readonly string[] = [],
): OperationOn<'mavera', Resource> {
  // Mavera's limit is the account's own; the runner reads it with the usage.
  return { system: 'mavera', method, path, query, resource, level, hasBody: method !== 'GET' };
}

function profiles(part: string, query: readonly string[]): OperationOn<'segmentProfiles', 'profiles'> {
  return {
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

function segops<const Resource extends string>(
  method: Operation['method'],
  path: string,
  resource: Resource,
  level: Operation['level'],
  query: readonly string[] = [],
): OperationOn<'segops', Resource> {
  return {
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
  path: string,
  resource: Resource,
  query: readonly string[] = [],
): OperationOn<'sendgrid', Resource> {
  return { system: 'sendgrid', method: 'GET', path, query, resource, level: 'read', hasBody: false };
}
