import type { SegmentPayload, SegmentPayloadEvent } from '../../../simulators/segment/payload.ts';
import type { FaultKind } from './fault.ts';

/** What a case sends, and through which of the protocols it goes. */
export interface Scenario {
  /** Also the trigger that its events are for. */
  readonly trigger: 'ask' | 'persona' | 'group' | 'gather';
  readonly name: string;
  /** How many events a case has. */
  readonly events: number;
  /** Whether they come in one batch. */
  readonly isBatch: boolean;
  /** The function whose calls are interfered with. */
  readonly victim: Role;
  /** Whether the function's processes are all new, and have to read their secret. */
  readonly isCold?: true;
  /** The first call that meets faults. @default the first of all; others have those before it in common */
  readonly from?: string;
  /** The only call that meets faults. */
  readonly only?: string;
  /** The faults to try. @default all; the others are tried of the same calls elsewhere */
  readonly faults?: readonly FaultKind[];
  /** How many cases there may be at a time, where a run that finds no place comes back minutes later. */
  readonly atOnce?: number;
}

/** Whose call it is. */
export type Role = 'receiver' | 'runner';

/** One at a time, since whose call it is cannot be told but by there being no other. */
const coldStart = {
  isCold: true,
  only: 'GetSecretValue',
  faults: ['killed after', 'never answered', 'throttled throughout'],
  atOnce: 1,
} as const satisfies Partial<Scenario>;

/** A batch of 12 needs two calls to be queued. */
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
    faults: ['killed after', 'cut after'],
    atOnce: 5,
  },
  { name: 'gather two events', trigger: 'gather', events: 2, isBatch: true, victim: 'runner' },
];

/** Ids of a case's events, all different from those of any other case. */
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
