import { act, type Done } from './ledgerCalls.ts';
import { type EventIndex, endInvocation, type LedgerCall, type Owner, type State } from './state.ts';

/** Something that can happen next, and the state that follows. */
export interface Transition {
  readonly label: string;
  readonly next: State;
  /** Whether the sender repeats a delivered event: nothing may depend on that. */
  readonly isRepeat?: boolean;
}

/** How an invocation continues after a call. */
export interface Continuation {
  /** @param answer `failed`: no answer will come, whether the server acted or not */
  readonly proceed: (state: State, answer: Done['answer'] | 'failed') => State;
  /** What its death leaves, besides what it owned. */
  readonly die: (state: State) => State;
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
export function* callLedger(
  state: State,
  slot: Owner,
  call: LedgerCall,
  event: EventIndex,
  { proceed, die }: Continuation,
): Generator<Transition> {
  const label = `${slot}: ${call} ${event}`;
  const done = act(state, call, event, slot);
  yield { label, next: proceed(done.state, done.answer) };
  if (state.faults === 0) {
    return;
  }
  for (const { name, acts, isLate, outcome } of faults.filter((fault) => canHappen(state, fault))) {
    const begun: Done = {
      state: { ...state, faults: state.faults - 1, late: isLate ? { call, event, owner: slot } : state.late },
      answer: 'refused',
    };
    let reached = begun;
    for (let time = 0; time < acts; time += 1) {
      reached = act(reached.state, call, event, slot);
    }
    yield {
      label: `${label} ${name}`,
      next:
        outcome === 'death'
          ? endInvocation(die(reached.state), slot)
          : proceed(reached.state, outcome === 'answer' ? reached.answer : 'failed'),
    };
  }
}

/** One write at a time is late. */
function canHappen(state: State, { isLate, outcome }: (typeof faults)[number]): boolean {
  return !(isLate && state.late !== null) && !(state.onlyDeaths && (isLate || outcome !== 'death'));
}
