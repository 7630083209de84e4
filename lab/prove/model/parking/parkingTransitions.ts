import type { Transition } from '../calls.ts';
import { dispatch, hasSomethingToSend, startDispatch } from './dispatcherSteps.ts';
import { operate, startOperating } from './operatorSteps.ts';
import { actOnParking, sent } from './parkingCalls.ts';
import type { ParkingRules } from './parkingRules.ts';
import type { ParkingState, Slots } from './parkingState.ts';
import { deliver, deliverMessages } from './runnerSteps.ts';

type Step = Transition<ParkingState>;

/**
 * Everything that can happen next. A step that only adds a message, or ends a delivery, is taken at once, with its
 * faults: the others can do the same afterwards (partial-order reduction).
 */
export function parkingTransitions(state: ParkingState, rules: ParkingRules): readonly Step[] {
  const found: Step[] = [];
  for (const { steps, commutes } of workers(state, rules)) {
    if (commutes) {
      return [...steps];
    }
    found.push(...steps);
  }
  return [...found, ...beginnings(state, rules), ...surroundings(state), ...lateArrival(state, rules)];
}

interface WorkerSteps {
  readonly steps: Iterable<Step>;
  readonly commutes: boolean;
}

function* workers(state: ParkingState, rules: ParkingRules): Generator<WorkerSteps> {
  for (const [slot, delivering] of busy(state.runners)) {
    const commutes = delivering.phase === 'send' || delivering.phase === 'acknowledge';
    yield { steps: deliver(state, slot, delivering, rules), commutes };
  }
  for (const [slot, dispatching] of busy(state.dispatchers)) {
    yield { steps: dispatch(state, slot, dispatching, rules), commutes: dispatching.phase === 'send' };
  }
  for (const [slot, operating] of busy(state.operators)) {
    yield { steps: operate(state, slot, operating, rules), commutes: operating.phase === 'send' };
  }
}

function busy<Slot extends string, Work>(slots: Slots<Slot, Work>): readonly (readonly [Slot, Work])[] {
  return (Object.entries(slots) as [Slot, Work | null][]).flatMap(([slot, work]) =>
    work === null ? [] : [[slot, work]],
  );
}

/** If two are free, it makes no difference which one begins. */
function* beginnings(state: ParkingState, rules: ParkingRules): Generator<Step> {
  const runner = firstFree(state.runners);
  if (runner !== undefined) {
    yield* deliverMessages(state, runner);
  }
  const dispatcher = firstFree(state.dispatchers);
  if (dispatcher !== undefined && hasSomethingToSend(state)) {
    yield* startDispatch(state, dispatcher);
  }
  const operator = firstFree(state.operators);
  if (operator !== undefined) {
    yield* startOperating(state, operator, rules);
  }
}

/** What happens by itself, and what others do. */
function* surroundings(state: ParkingState): Generator<Step> {
  const { run, dispatcherLease, redrives } = state;
  // Lambda ends a runner before its lease is over. A dispatcher works longer than one lease, and renews it.
  if (run?.isLeased === true && (run.owner === 'ended' || run.owner === 'late')) {
    yield { label: 'the lease of the run runs out', next: { ...state, run: { ...run, isLeased: false } } };
  }
  if (dispatcherLease.isLeased) {
    yield {
      label: 'the lease of the dispatcher runs out',
      next: { ...state, dispatcherLease: { ...dispatcherLease, isLeased: false } },
    };
  }
  if (state.cancel === 'to come') {
    yield { label: 'an event cancels the run', next: { ...state, cancel: 'noted' } };
  }
  if (state.end === 'to come') {
    yield { label: 'the time of the run is over', next: { ...state, end: 'reached' } };
  }
  if (redrives > 0 && run !== null && (run.state === 'done' || run.state === 'skipped')) {
    const next = { ...state, redrives: redrives - 1 };
    yield { label: 'the run is redriven', next: sent(next, 'ready', run.round + 1), isRepeat: true };
  }
}

function* lateArrival(state: ParkingState, rules: ParkingRules): Generator<Step> {
  if (state.late !== null) {
    const { call, owner } = state.late;
    yield {
      label: `a late write arrives: ${call.kind}`,
      next: actOnParking({ ...state, late: null }, call, owner, rules).state,
    };
  }
}

function firstFree<Slot extends string>(slots: Slots<Slot, unknown>): Slot | undefined {
  return (Object.keys(slots) as Slot[]).find((slot) => slots[slot] === null);
}
