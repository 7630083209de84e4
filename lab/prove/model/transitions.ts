import type { Transition } from './calls.ts';
import { deliver, deliverMessages } from './delivering.ts';
import { act } from './ledgerCalls.ts';
import { receive, sendRequests } from './receiving.ts';
import { type Claim, type Delivering, type Run, type State, withAt } from './state.ts';

/**
 * Everything that can happen next. A step that commutes with all steps of others is taken at once, with its faults: the
 * others can do the same afterwards (partial-order reduction).
 */
export function transitions(state: State): readonly Transition[] {
  const { receivers, runners } = state;
  const found: Transition[] = [];
  for (const slot of ['receiver 1', 'receiver 2'] as const) {
    const receiving = receivers[slot];
    if (receiving !== null) {
      const steps = [...receive(state, slot, receiving)];
      if (receiving.phase === 'send') {
        return steps;
      }
      found.push(...steps);
    }
  }
  for (const slot of ['runner 1', 'runner 2'] as const) {
    const delivering = runners[slot];
    if (delivering !== null) {
      const steps = [...deliver(state, slot, delivering)];
      if (commuting.has(delivering.phase)) {
        return steps;
      }
      found.push(...steps);
    }
  }
  return [...found, ...beginnings(state), ...leasesRunOut(state), ...lateArrival(state)];
}

/** They add a message, count Mavera's work for a leased run, or end something that is over. */
const commuting: ReadonlySet<Delivering['phase']> = new Set([
  'call',
  'publish',
  'queue again',
  'acknowledge',
]);

function* beginnings(state: State): Generator<Transition> {
  const { receivers, runners } = state;
  // If two are free, it makes no difference which one is taken.
  const freeReceiver = firstFree(receivers);
  if (freeReceiver !== undefined) {
    yield* sendRequests(state, freeReceiver);
  }
  const freeRunner = firstFree(runners);
  if (freeRunner !== undefined) {
    yield* deliverMessages(state, freeRunner);
  }
}

function* lateArrival(state: State): Generator<Transition> {
  if (state.late !== null) {
    const { call, event, owner } = state.late;
    yield {
      label: `a late write arrives: ${call} ${event}`,
      next: act({ ...state, late: null }, call, event, owner).state,
    };
  }
}

/** Lambda ends an invocation before its lease is over. So only ended invocations have leases that ran out. */
function* leasesRunOut(state: State): Generator<Transition> {
  for (const [event, claim] of state.claims.entries()) {
    if (canRunOut(claim)) {
      const claims = withAt(state.claims, event, { ...claim, isLeased: false });
      yield { label: `the lease of claim ${event} runs out`, next: { ...state, claims } };
    }
  }
  for (const [event, run] of state.runs.entries()) {
    if (canRunOut(run)) {
      const runs = withAt(state.runs, event, { ...run, isLeased: false });
      yield { label: `the lease of run ${event} runs out`, next: { ...state, runs } };
    }
  }
}

function canRunOut<Item extends Claim | Run>(item: Item | null): item is Item {
  return item?.isLeased === true && (item.owner === 'ended' || item.owner === 'late');
}

function firstFree<Slot extends string>(slots: Readonly<Record<Slot, unknown>>): Slot | undefined {
  return (Object.keys(slots) as Slot[]).find((slot) => slots[slot] === null);
}
