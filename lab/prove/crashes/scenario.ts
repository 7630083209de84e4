import { lookupKey } from '../../../functions/ledger/keys.ts';
import type { LookupCall } from '../../../functions/lookups/lookupCalls.ts';
import { recomputedId } from '../../../functions/sources/segops/toEvent.ts';
import type { SourceName } from '../../../functions/sources/source.ts';
import type { SegmentPayload, SegmentPayloadEvent } from '../../../simulators/segment/payload.ts';
import type { FaultKind } from './fault.ts';

/** What a case sends, and the protocol that it tries. */
export interface Scenario {
  /** The trigger that its events are for. */
  readonly trigger:
    | 'ask'
    | 'persona'
    | 'group'
    | 'collect'
    | 'parked'
    | 'costly'
    | 'mail'
    | 'lookup'
    | 'workspace'
    | 'followed'
    | 'reported';
  readonly name: string;
  /** Who posts its events. @default 'segment' */
  readonly source?: SourceName;
  /** The trigger that follows it. @default none */
  readonly follower?: string;
  /** Whether its runs are reported to SegOps. */
  readonly isReported?: true;
  /** Keys of looked-up values that all runs share, which the ledger forgets before each case. */
  readonly forgets?: readonly string[];
  /** The number of a case's events. */
  readonly events: number;
  /** Whether they come in one batch. */
  readonly isBatch: boolean;
  /** The function whose calls meet faults. */
  readonly victim: Role;
  /** Whether all processes of the function are new, and read their secret. */
  readonly isCold?: true;
  /** What becomes of the run after it was parked. @default it is not parked on purpose */
  readonly parked?: 'dispatched' | 'approved' | 'denied' | 'cancelled';
  /** The first call that meets faults; earlier calls are the same as in other scenarios. @default the first call */
  readonly from?: string;
  /** The only calls that meet faults. @default every call */
  readonly only?: readonly string[];
  /** Whether only the first call of each name meets faults; a list: only the first call of each of these. */
  readonly firstOnly?: true | readonly string[];
  /** The faults to try; the others are tried at the same calls of other scenarios. @default all */
  readonly faults?: readonly FaultKind[];
  /** The most cases at a time, if a run above the concurrency cap comes back minutes later. @default no limit */
  readonly atOnce?: number;
}

/** Whose call it is. */
export type Role = 'receiver' | 'runner' | 'dispatcher';

/** One at a time: the call has no key in it, so its case is known only because there is no other. */
const coldStart = {
  isCold: true,
  only: ['GetSecretValue'],
  faults: ['killed after', 'never answered', 'throttled throughout'],
  atOnce: 1,
} as const satisfies Partial<Scenario>;

const workspaceCall: LookupCall = { operation: 'listWorkspaces', request: { query: { limit: '2' } } };

/** What all runs share is asked for only if the ledger does not have it: one case at a time. */
const sharedLookup = {
  events: 1,
  isBatch: false,
  victim: 'runner',
  faults: ['killed before', 'killed after', 'cut after', '429', '503', '502 page'],
  atOnce: 1,
} as const satisfies Partial<Scenario>;

const parkedRun = { events: 1, isBatch: false } as const;

/** Only from where it is parked: the calls before are the same for all runs. */
const decidedRun = {
  ...parkedRun,
  victim: 'runner',
  from: 'PutItem parked',
  firstOnly: true,
  faults: ['killed before', 'killed after'],
} as const satisfies Partial<Scenario>;

/** A batch of 12 takes two calls to the queue. */
export const scenarios: readonly Scenario[] = [
  { name: 'receive one event', trigger: 'ask', events: 1, isBatch: false, victim: 'receiver' },
  {
    ...coldStart,
    name: 'receive, starting cold',
    trigger: 'ask',
    events: 1,
    isBatch: false,
    victim: 'receiver',
  },
  { ...coldStart, name: 'run, starting cold', trigger: 'ask', events: 1, isBatch: false, victim: 'runner' },
  { name: 'receive a batch', trigger: 'ask', events: 12, isBatch: true, victim: 'receiver' },
  { name: 'ask Mave', trigger: 'ask', events: 1, isBatch: false, victim: 'runner' },
  { name: 'create a persona', trigger: 'persona', events: 1, isBatch: false, victim: 'runner' },
  {
    name: 'run a focus group',
    trigger: 'group',
    events: 1,
    isBatch: false,
    victim: 'runner',
    from: 'POST /focus-groups',
    faults: [
      'killed after',
      'cut after',
      '502 page',
      '504 page, done',
      '504 page, late',
      'TLS',
      'byte order mark',
      '200, error',
    ],
    atOnce: 5,
  },
  { name: 'collect two events', trigger: 'collect', events: 2, isBatch: true, victim: 'runner' },
  {
    ...parkedRun,
    name: 'park a run',
    trigger: 'parked',
    victim: 'runner',
    parked: 'dispatched',
    only: ['PutItem parked'],
    atOnce: 1,
  },
  {
    ...parkedRun,
    name: 'dispatch a parked run',
    trigger: 'parked',
    victim: 'dispatcher',
    parked: 'dispatched',
    firstOnly: true,
    faults: ['killed before', 'killed after'],
    atOnce: 1,
  },
  { ...decidedRun, name: 'approve a run', trigger: 'costly', parked: 'approved', atOnce: 8 },
  { ...decidedRun, name: 'deny a run', trigger: 'costly', parked: 'denied', atOnce: 8 },
  {
    ...decidedRun,
    name: 'cancel a parked run',
    trigger: 'parked',
    parked: 'cancelled',
    faults: ['killed after'],
    atOnce: 1,
  },
  {
    name: 'receive from SendGrid',
    trigger: 'mail',
    source: 'sendgrid',
    events: 3,
    isBatch: true,
    victim: 'receiver',
  },
  {
    name: 'look things up',
    trigger: 'lookup',
    source: 'sendgrid',
    events: 1,
    isBatch: false,
    victim: 'runner',
    only: [
      'BatchGetItem lookup',
      'PutItem lookup',
      'UpdateItem pace',
      'profiles GET /traits',
      'profiles GET /external_ids',
      'profiles GET /events',
      'segops GET /segments/membership/',
      'segops GET /segments/{id}/',
      'segops GET /segments/{id}/members/',
    ],
    firstOnly: ['UpdateItem pace'],
  },
  {
    ...sharedLookup,
    name: 'look up the names of sources',
    trigger: 'lookup',
    source: 'sendgrid',
    only: ['segment GET /sources'],
    forgets: [lookupKey('listSegmentSources')],
  },
  {
    ...sharedLookup,
    name: 'look up the workspace',
    trigger: 'workspace',
    only: ['GET /workspaces'],
    forgets: [lookupKey(JSON.stringify(['maveraWorkspace', [workspaceCall]]))],
  },
  {
    name: 'follow a run',
    trigger: 'followed',
    source: 'segops',
    follower: 'follower',
    events: 1,
    isBatch: false,
    victim: 'runner',
    from: 'Publish',
  },
  {
    name: 'report to SegOps',
    trigger: 'reported',
    isReported: true,
    events: 1,
    isBatch: false,
    victim: 'runner',
    from: 'Publish',
  },
];

/** Who posts the events of a scenario. */
export function sourceOf({ source = 'segment' }: Scenario): SourceName {
  return source;
}

const numbers = new Map<string, number>();

/** The number of a case, from 1: of its user and its segment at the outside systems. */
export function caseNumber(caseId: string): number {
  const number = numbers.get(caseId) ?? numbers.size + 1;
  numbers.set(caseId, number);
  return number;
}

/** The user of a case, as the outside systems know it. */
export function visitorOf(number: number): string {
  return `visitor-${number}`;
}

const tenant = 'acme';
/** All segments were computed when this module was loaded. */
const computedAtMs = Math.floor(Date.now() / 1000) * 1000;

/** The ids of a case's events, different from those of all other cases. */
export function messageIds(caseId: string, scenario: Scenario): readonly string[] {
  if (sourceOf(scenario) === 'segops') {
    return [recomputedId(tenant, caseNumber(caseId), computedAtMs)];
  }
  const { events } = scenario;
  return Array.from({ length: events }, (_none, index) => `${caseId}.${index}`);
}

/** What Segment posts for a case. */
export function payloadOf(caseId: string, scenario: Scenario): SegmentPayload {
  const events = messageIds(caseId, scenario).map(
    (messageId): SegmentPayloadEvent => ({
      type: 'track',
      event: scenario.trigger,
      messageId,
      userId: `user of ${caseId}`,
      properties: {},
    }),
  );
  const [only = {}] = events;
  return scenario.isBatch ? events : only;
}

/** What SendGrid posts for a case. */
export function mailsOf(caseId: string, scenario: Scenario): readonly object[] {
  const number = caseNumber(caseId);
  return messageIds(caseId, scenario).map((id) => ({
    email: `${visitorOf(number)}@example.com`,
    event: 'click',
    url: 'https://example.com/pricing',
    sg_event_id: id,
    timestamp: computedAtMs / 1000,
    user_id: visitorOf(number),
    wanted_by: scenario.trigger,
    segment: number,
  }));
}

/** What SegOps posts for a case. */
export function recomputedOf(caseId: string, { trigger }: Scenario): object {
  return {
    event: 'segment.recomputed',
    tenant_slug: tenant,
    segment_id: caseNumber(caseId),
    segment_name: trigger,
    member_count: 3,
    computed_at: new Date(computedAtMs).toISOString(),
  };
}
