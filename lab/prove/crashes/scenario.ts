import type { SegmentPayload, SegmentPayloadEvent } from '../../../simulators/segment/payload.ts';
import type { FaultKind } from './fault.ts';

/** What a case sends, and the protocol that it tries. */
export interface Scenario {
  /** The trigger that its events are for. */
  readonly trigger: 'ask' | 'persona' | 'group' | 'collect' | 'parked' | 'costly';
  readonly name: string;
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
  /** The only call that meets faults. */
  readonly only?: string;
  /** Whether only the first call of each name meets faults. */
  readonly firstOnly?: true;
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
  only: 'GetSecretValue',
  faults: ['killed after', 'never answered', 'throttled throughout'],
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
    only: 'PutItem parked',
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
];

/** The ids of a case's events, different from those of all other cases. */
export function messageIds(caseId: string, { events }: Scenario): readonly string[] {
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
