import { judgeRun } from '../../../../functions/ledger/runState.ts';
import type { ParkingRules } from './parkingRules.ts';
import type { Door, Known, Owner, ParkingCall, ParkingState, Round, Run } from './parkingState.ts';

/** What a caller learns from an answer. */
export type ParkingAnswer =
  | { readonly kind: 'done' | 'refused' | 'finished' | 'busy' }
  | { readonly kind: 'taken'; readonly knows: Known };

/** What a call did. */
export interface ParkingDone {
  readonly state: ParkingState;
  readonly answer: ParkingAnswer;
}

const nowMs = 1_000;
const done: ParkingAnswer = { kind: 'done' };
const refused: ParkingAnswer = { kind: 'refused' };

/** What ledger and queue do when a call reaches them. */
export function actOnParking(
  state: ParkingState,
  call: ParkingCall,
  owner: Owner,
  rules: ParkingRules,
): ParkingDone {
  switch (call.kind) {
    case 'take':
      return takeRun(state, owner);
    case 'redrive':
      return redrive(state, call.round, rules);
    case 'announce the call':
      return changeRun(state, owner, (run) =>
        run.isLeased ? { ...run, state: 'calling', mayHaveCalled: true } : undefined,
      );
    case 'finish':
      return changeRun(state, owner, (run) => ({
        ...run,
        state: call.as,
        isLeased: false,
        mayHaveCalled: false,
      }));
    case 'release':
      return changeRun(state, owner, (run) => ({
        ...run,
        state: 'waiting',
        isLeased: false,
        mayHaveCalled: call.mayHaveCalled,
        parkings: call.number ?? run.parkings,
      }));
    case 'park': {
      const { parking } = call;
      return rules.mayPark(state.parked?.number ?? null, parking.number)
        ? { state: { ...state, parked: parking }, answer: done }
        : { state, answer: refused };
    }
    case 'send':
      return { state: sent(state, call.door, call.round), answer: done };
    case 'unpark':
      return state.parked !== null && rules.mayUnpark(state.parked.number, call.number)
        ? { state: { ...state, parked: null }, answer: done }
        : { state, answer: refused };
    case 'decide': {
      const { run } = state;
      return run !== null && rules.mayDecide(run, call.number)
        ? {
            state: { ...state, run: { ...run, decision: { kind: call.decision, round: run.round } } },
            answer: done,
          }
        : { state, answer: refused };
    }
    case 'take the lease':
      return state.dispatcherLease.isLeased && state.dispatcherLease.owner !== owner
        ? { state, answer: { kind: 'busy' } }
        : { state: { ...state, dispatcherLease: { owner, isLeased: true } }, answer: done };
    case 'keep':
      // The lease is given back: what has ended cannot be told from what never was.
      return state.dispatcherLease.owner === owner
        ? { state: { ...state, dispatcherLease: { owner: 'ended', isLeased: false } }, answer: done }
        : { state, answer: refused };
  }
}

/** The state with one more message. */
export function sent(state: ParkingState, door: Door, round: Round): ParkingState {
  return { ...state, [door]: state[door].with(round, (state[door][round] ?? 0) + 1) };
}

/** The runner's own function decides whether the run can be taken. */
function takeRun(state: ParkingState, owner: Owner): ParkingDone {
  const run = state.run ?? newRun;
  const ownership = {
    state: run.state,
    owner: run.owner,
    leaseUntilMs: run.isLeased ? nowMs + 1 : nowMs,
  };
  const verdict = judgeRun(ownership, owner, nowMs);
  if (verdict === 'finished' || verdict === 'busy') {
    return { state, answer: { kind: verdict } };
  }
  const taken: Run = verdict === 'mine' ? run : { ...run, owner, isLeased: true };
  return { state: { ...state, run: taken }, answer: { kind: 'taken', knows: known(run) } };
}

const newRun: Run = {
  state: 'waiting',
  owner: 'ended',
  isLeased: false,
  mayHaveCalled: false,
  round: 0,
  parkings: 0,
  decision: null,
};

function known({ mayHaveCalled, parkings, round, decision }: Run): Known {
  return {
    mayHaveCalled,
    parkings,
    round,
    decision: decision?.round === round ? decision.kind : null,
  };
}

/** Once for each round, and only when the run has ended. */
function redrive(state: ParkingState, round: Round, rules: ParkingRules): ParkingDone {
  const { run } = state;
  const hasEnded = run !== null && (run.state === 'done' || run.state === 'skipped');
  if (!hasEnded || run.round >= round) {
    return { state, answer: refused };
  }
  const owner = rules.redriveRemovesOwner ? 'ended' : run.owner;
  return {
    state: { ...state, run: { ...run, state: 'waiting', owner, isLeased: false, round } },
    answer: done,
  };
}

/** @param change `undefined`: the condition does not hold */
function changeRun(state: ParkingState, owner: Owner, change: (run: Run) => Run | undefined): ParkingDone {
  const { run } = state;
  const changed = run === null || run.owner !== owner ? undefined : change(run);
  return changed === undefined
    ? { state, answer: refused }
    : { state: { ...state, run: changed }, answer: done };
}
