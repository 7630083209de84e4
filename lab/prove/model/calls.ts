import { act, type Done } from './ledgerCalls.ts';
import { type EventIndex, endInvocation, type LedgerCall, type Owner, type State } from './state.ts';

/** Something that can happen next, and the state that follows. */
export interface Transition<In = State> {
  readonly label: string;
  readonly next: In;
  /** Whether the sender repeats a delivered event: nothing may depend on that. */
  readonly isRepeat?: boolean;
}

/** How an invocation continues after a call. */
export interface Continuation<In = State, Answer = Done['answer']> {
  /** @param answer `failed`: no answer will come, whether the server acted or not */
  readonly proceed: (state: In, answer: Answer | 'failed') => In;
  /** What its death leaves, besides what it owned. */
  readonly die: (state: In) => In;
}

/** What a state says about faults. */
export interface Faults {
  /** Faults that may still happen. */
  readonly faults: number;
  /** Whether each fault is the death of an invocation, before or after the server acted. */
  readonly onlyDeaths: boolean;
  /** A write that still arrives although its sender has timed out or died. */
  readonly late: unknown;
}

/** A call to a server. */
export interface ServerCall<In extends Faults, Answer> {
  readonly label: string;
  /** What the server does when the call reaches it. */
  readonly act: (state: In) => { readonly state: In; readonly answer: Answer };
  /** The write, to arrive later. */
  readonly late: In['late'];
  /** What the end of the caller's invocation changes. */
  readonly end: (state: In) => In;
}

/** Whether the server acts on a call at once, twice, later or not at all, and what the caller learns. */
const faults = [
  { name: 'dies before', acts: 0, isLate: false, outcome: 'death' },
  { name: 'dies after', acts: 1, isLate: false, outcome: 'death' },
  { name: 'dies, and it arrives late', acts: 0, isLate: true, outcome: 'death' },
  { name: 'is tried twice', acts: 2, isLate: false, outcome: 'answer' },
  { name: 'is tried again, and the first try arrives late', acts: 1, isLate: true, outcome: 'answer' },
  { name: 'fails', acts: 0, isLate: false, outcome: 'failure' },
  { name: 'is done and never answered', acts: 1, isLate: false, outcome: 'failure' },
  { name: 'fails, and arrives late', acts: 0, isLate: true, outcome: 'failure' },
] as const;

/** One call to ledger or queue: how it should go, and each way in which it can go wrong. */
export function* callServer<In extends Faults, Answer>(
  state: In,
  { label, act, late, end }: ServerCall<In, Answer>,
  { proceed, die }: Continuation<In, Answer>,
): Generator<Transition<In>> {
  const done = act(state);
  yield { label, next: proceed(done.state, done.answer) };
  if (state.faults === 0) {
    return;
  }
  for (const { name, acts, isLate, outcome } of faults.filter((fault) => canHappen(state, fault))) {
    let reached: In = { ...state, faults: state.faults - 1, late: isLate ? late : state.late };
    let answer: Answer | 'failed' = 'failed';
    for (let time = 0; time < acts; time += 1) {
      ({ state: reached, answer } = act(reached));
    }
    yield {
      label: `${label} ${name}`,
      next:
        outcome === 'death' ? end(die(reached)) : proceed(reached, outcome === 'answer' ? answer : 'failed'),
    };
  }
}

/** A call of the claim and run protocols. */
export function callLedger(
  state: State,
  slot: Owner,
  call: LedgerCall,
  event: EventIndex,
  continuation: Continuation,
): Generator<Transition> {
  return callServer(
    state,
    {
      label: `${slot}: ${call} ${event}`,
      act: (reached) => act(reached, call, event, slot),
      late: { call, event, owner: slot },
      end: (reached) => endInvocation(reached, slot),
    },
    continuation,
  );
}

/** One write at a time is late. */
function canHappen(state: Faults, { isLate, outcome }: (typeof faults)[number]): boolean {
  return !(isLate && state.late !== null) && !(state.onlyDeaths && (isLate || outcome !== 'death'));
}
