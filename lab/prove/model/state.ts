import type { ClaimItem, ClaimOutcome } from '../../../functions/ledger/claimState.ts';
import type { RunState } from '../../../functions/ledger/runState.ts';

/** One of the events. */
export type EventIndex = number;

/** An invocation: one of two receivers or runners, one that has ended, or the one whose write arrives late. */
export type Owner = 'receiver 1' | 'receiver 2' | 'runner 1' | 'runner 2' | 'ended' | 'late';
export type ReceiverSlot = 'receiver 1' | 'receiver 2';
export type RunnerSlot = 'runner 1' | 'runner 2';

/** A claim in the ledger. */
export interface Claim {
  readonly state: ClaimItem['state'];
  readonly owner: Owner;
  /** Whether its lease has not run out. */
  readonly isLeased: boolean;
}

/** A run in the ledger. */
export interface Run {
  readonly state: RunState;
  readonly owner: Owner;
  readonly isLeased: boolean;
  /** Whether a call was announced, and its outcome is not recorded. */
  readonly mayHaveCalled: boolean;
}

/** A request at a receiver: where it is in the protocol, and what it knows so far. */
export interface Receiving {
  readonly events: readonly EventIndex[];
  readonly phase: 'claim' | 'send' | 'close' | 'answer';
  /** The position among the events. */
  readonly at: number;
  /** By position. `unsent`: claimed, but not in the queue. */
  readonly outcomes: readonly (ClaimOutcome | 'unsent')[];
}

/** A delivery at a runner. */
export interface Delivering {
  readonly event: EventIndex;
  /** Whether the message was delivered before, or was sent again by a delivery. */
  readonly cameBack: boolean;
  readonly phase:
    | 'take'
    | 'recover'
    | 'announce the call'
    | 'call'
    | 'finish'
    | 'publish'
    | 'release, call over'
    | 'release, answer lost'
    | 'queue again'
    | 'acknowledge';
}

/** A write that still arrives although its sender has timed out or died. */
export interface LateWrite {
  readonly call: LedgerCall;
  readonly event: EventIndex;
  readonly owner: Owner;
}

/** The writes of both protocols. */
export type LedgerCall =
  | 'claim'
  | 'send'
  | 'mark'
  | 'give up'
  | 'take'
  | 'announce the call'
  | 'finish'
  | 'release, call over'
  | 'release, answer lost'
  | 'queue again';

/** The whole system at one moment. */
export interface State {
  readonly claims: readonly (Claim | null)[];
  readonly runs: readonly (Run | null)[];
  /** Visible messages by event: those of the receivers, and those that came back. */
  readonly fresh: readonly number[];
  readonly cameBack: readonly number[];
  /** How often Mavera has done the work. */
  readonly timesDone: readonly number[];
  readonly isPublished: readonly boolean[];
  /** Whether the sender has got a 200 for it, and tries no more. */
  readonly isDelivered: readonly boolean[];
  readonly receivers: Readonly<Record<ReceiverSlot, Receiving | null>>;
  readonly runners: Readonly<Record<RunnerSlot, Delivering | null>>;
  readonly late: LateWrite | null;
  /** Faults that may still happen. */
  readonly faults: number;
  /** Whether each fault is the death of an invocation, before or after the server acted. */
  readonly onlyDeaths: boolean;
  /** How many delivered events the sender may still repeat. */
  readonly repeats: number;
}

/** The size of a model. */
export interface Bounds extends Pick<State, 'faults' | 'onlyDeaths' | 'repeats'> {
  readonly events: number;
}

/** The state at the start. */
export function initialState({ events, faults, onlyDeaths, repeats }: Bounds): State {
  const each = <Value>(value: Value): readonly Value[] => Array.from({ length: events }, () => value);
  return {
    claims: each(null),
    runs: each(null),
    fresh: each(0),
    cameBack: each(0),
    timesDone: each(0),
    isPublished: each(false),
    isDelivered: each(false),
    receivers: { 'receiver 1': null, 'receiver 2': null },
    runners: { 'runner 1': null, 'runner 2': null },
    late: null,
    faults,
    onlyDeaths,
    repeats,
  };
}

/** A copy of a list with another value at one position. */
export function withAt<Value>(values: readonly Value[], at: number, value: Value): readonly Value[] {
  return values.with(at, value);
}

/** What the invocation owned is now owned by an ended one, or by its late write if there is one. */
export function endInvocation(state: State, slot: Owner): State {
  const isLate = state.late?.owner === slot;
  const heir: Owner = isLate ? 'late' : 'ended';
  const inherited = <Item extends Claim | Run>(item: Item | null): Item | null =>
    item !== null && item.owner === slot ? { ...item, owner: heir } : item;
  return {
    ...state,
    claims: state.claims.map(inherited),
    runs: state.runs.map(inherited),
    late: state.late !== null && isLate ? { ...state.late, owner: heir } : state.late,
  };
}
