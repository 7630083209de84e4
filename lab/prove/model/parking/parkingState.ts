import type { RunState } from '../../../../functions/ledger/runState.ts';

/** Who works: an invocation, an operator's command, or the one whose write arrives late. */
export type Worker = RunnerSlot | DispatcherSlot | OperatorSlot;
export type RunnerSlot = 'runner 1' | 'runner 2';
export type DispatcherSlot = 'dispatcher 1' | 'dispatcher 2';
export type OperatorSlot = 'operator 1' | 'operator 2';
export type Owner = Worker | 'ended' | 'late';

/** How often a run was redriven: 0 at first. A decision, and a message, belong to one round. */
export type Round = number;

/** The queue from which a message is delivered. A run that comes in at `intake` is not made there. */
export type Door = 'intake' | 'ready';

/** What a person decides about a run that waits. */
export type Decision = 'approved' | 'denied' | 'cancelled';

/** The run's item. */
export interface Run {
  readonly state: Exclude<RunState, 'failed'>;
  readonly owner: Owner;
  /** Whether its lease has not run out. */
  readonly isLeased: boolean;
  /** Whether a call was announced, and its outcome is not recorded. */
  readonly mayHaveCalled: boolean;
  readonly round: Round;
  /** The number of its last parking. */
  readonly parkings: number;
  readonly decision: { readonly kind: Decision; readonly round: Round } | null;
}

/** `trigger` is every lane from which the dispatcher sends runs when their time comes. */
export type Lane = 'trigger' | 'approval';

/** The parked item. Its message belongs to a round. */
export interface Parked {
  readonly number: number;
  readonly lane: Lane;
  readonly round: Round;
}

/** A delivery at a runner, and what it has read of the run. */
export interface Delivering {
  readonly door: Door;
  /** Of its message. */
  readonly round: Round;
  readonly phase:
    | 'redrive'
    | 'take'
    | 'look'
    | 'recover'
    | 'announce the call'
    | 'call'
    | 'finish'
    | 'skip'
    | 'release'
    | 'park'
    | 'send'
    | 'acknowledge';
  readonly knows: Known | null;
  /** Where the run waits next, from its release on. */
  readonly to: Door | Lane | null;
  /** Whether the run was cancelled before this delivery began: then it may not call. */
  readonly isCancelled: boolean;
  /** Whether the other runner has the same message, and whether SQS has deleted it for the other runner. */
  readonly copy: 'none' | 'at the other runner' | 'deleted';
}

/** What a delivery has read when it took the run. */
export interface Known {
  readonly mayHaveCalled: boolean;
  readonly parkings: number;
  readonly round: Round;
  readonly decision: Decision | null;
}

/** One invocation of the dispatcher, for the one run. */
export interface Dispatching {
  readonly phase: 'take the lease' | 'read' | 'send' | 'unpark' | 'keep';
  /** As the parked item was read. */
  readonly number: number;
  readonly round: Round;
}

/** An operator's command for the one run. `unpark` puts it back into the queue without a decision. */
export interface Operating {
  readonly phase: 'decide' | 'send' | 'unpark';
  readonly decision: Decision | 'unpark';
  /** As the parked item was read. */
  readonly number: number;
  readonly round: Round;
}

/** The writes of all. */
export type ParkingCall =
  | { readonly kind: 'redrive'; readonly round: Round }
  | { readonly kind: 'take' }
  | { readonly kind: 'announce the call' }
  | { readonly kind: 'finish'; readonly as: 'done' | 'skipped' }
  | { readonly kind: 'release'; readonly mayHaveCalled: boolean; readonly number: number | null }
  | { readonly kind: 'park'; readonly parking: Parked }
  | { readonly kind: 'send'; readonly door: Door; readonly round: Round }
  | { readonly kind: 'take the lease' }
  | { readonly kind: 'keep' }
  | { readonly kind: 'unpark'; readonly number: number }
  | {
      readonly kind: 'decide';
      readonly decision: Decision;
      readonly number: number;
    };

/** What each worker does; `null` if it is free. Only those of the world are there. */
export type Slots<Slot extends string, Work> = Readonly<Partial<Record<Slot, Work | null>>>;

/** The whole system at one moment. */
export interface ParkingState {
  readonly run: Run | null;
  readonly parked: Parked | null;
  /** Visible messages, by round. */
  readonly intake: readonly number[];
  readonly ready: readonly number[];
  /** An event that cancels the run. */
  readonly cancel: 'never' | 'to come' | 'noted';
  /** How often Mavera did the work, by round. */
  readonly timesDone: readonly number[];
  readonly runners: Slots<RunnerSlot, Delivering>;
  readonly dispatchers: Slots<DispatcherSlot, Dispatching>;
  readonly operators: Slots<OperatorSlot, Operating>;
  readonly dispatcherLease: { readonly owner: Owner; readonly isLeased: boolean };
  readonly late: { readonly call: ParkingCall; readonly owner: Owner } | null;
  /** What the last step has violated, in a few words. */
  readonly wrong: string | null;
  /** The world. */
  readonly needsApproval: boolean;
  /** Whether the run's time may come to its end, and whether it has. */
  readonly end: 'never' | 'to come' | 'reached';
  readonly onlyDeaths: boolean;
  /**
   * What may still happen: faults, copies that SQS delivers, waits of a run that could start, redrives, and operators
   * who put the run back into the queue.
   */
  readonly faults: number;
  readonly copies: number;
  readonly waits: number;
  readonly redrives: number;
  readonly putBacks: number;
}

/** The size of a model. */
export interface ParkingBounds
  extends Pick<
    ParkingState,
    | 'faults'
    | 'onlyDeaths'
    | 'copies'
    | 'waits'
    | 'redrives'
    | 'putBacks'
    | 'needsApproval'
    | 'cancel'
    | 'end'
  > {
  readonly runners: 1 | 2;
  readonly dispatchers: 0 | 1 | 2;
  readonly operators: 0 | 1 | 2;
}

/** The state at the start: the run's first message is in the queue. */
export function initialParkingState({
  runners,
  dispatchers,
  operators,
  ...world
}: ParkingBounds): ParkingState {
  const none = Array.from({ length: world.redrives + 1 }, () => 0);
  return {
    run: null,
    parked: null,
    intake: none.with(0, 1),
    ready: none,
    timesDone: none,
    runners: freeSlots(['runner 1', 'runner 2'], runners),
    dispatchers: freeSlots(['dispatcher 1', 'dispatcher 2'], dispatchers),
    operators: freeSlots(['operator 1', 'operator 2'], operators),
    dispatcherLease: { owner: 'ended', isLeased: false },
    late: null,
    wrong: null,
    ...world,
  };
}

function freeSlots<Slot extends string>(names: readonly Slot[], count: number): Slots<Slot, never> {
  return Object.fromEntries(names.slice(0, count).map((name) => [name, null])) as Slots<Slot, never>;
}

/** What a worker owned is now owned by an ended one, or by its late write if there is one. */
export function endWork(state: ParkingState, worker: Worker): ParkingState {
  const { run, dispatcherLease, late } = state;
  const isLate = late?.owner === worker;
  const owner: Owner = isLate ? 'late' : 'ended';
  return {
    ...state,
    run: run?.owner === worker ? { ...run, owner } : run,
    dispatcherLease: dispatcherLease.owner === worker ? { ...dispatcherLease, owner } : dispatcherLease,
    late: late !== null && isLate ? { ...late, owner } : late,
  };
}
