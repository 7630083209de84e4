import { type Continuation, callServer, type Transition } from '../calls.ts';
import { actOnParking, type ParkingAnswer } from './parkingCalls.ts';
import type { ParkingRules } from './parkingRules.ts';
import { endWork, type ParkingCall, type ParkingState, type Worker } from './parkingState.ts';

/** One call of a worker: how it should go, and each way in which it can go wrong. */
export function callParking(
  state: ParkingState,
  worker: Worker,
  call: ParkingCall,
  rules: ParkingRules,
  continuation: Continuation<ParkingState, ParkingAnswer>,
): Generator<Transition<ParkingState>> {
  return callServer<ParkingState, ParkingAnswer>(
    state,
    {
      label: `${worker}: ${nameOf(call)}`,
      act: (reached) => actOnParking(reached, call, worker, rules),
      late: { call, owner: worker },
      end: (reached) => endWork(reached, worker),
    },
    continuation,
  );
}

/** Such as `park 2`. */
export function nameOf(call: ParkingCall): string {
  switch (call.kind) {
    case 'park':
      return `park ${call.parking.number} in the lane ${call.parking.lane}`;
    case 'unpark':
      return `unpark ${call.number}`;
    case 'decide':
      return `decide ${call.decision} for ${call.number}`;
    case 'send':
      return `send to ${call.door}`;
    case 'finish':
      return `finish as ${call.as}`;
    case 'release':
      return call.number === null ? 'release' : `release with number ${call.number}`;
    case 'redrive':
      return `redrive ${call.round}`;
    default:
      return call.kind;
  }
}

/** The death of an invocation between its calls, if it may still happen. */
export function* dying(
  state: ParkingState,
  label: string,
  then: (next: ParkingState) => ParkingState,
): Generator<Transition<ParkingState>> {
  if (state.faults > 0) {
    yield { label, next: then({ ...state, faults: state.faults - 1 }) };
  }
}

/** A fault that does not end the invocation, if it may still happen. */
export function* trouble(
  state: ParkingState,
  label: string,
  then: (next: ParkingState) => ParkingState,
): Generator<Transition<ParkingState>> {
  if (!state.onlyDeaths) {
    yield* dying(state, label, then);
  }
}
