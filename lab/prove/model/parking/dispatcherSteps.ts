import type { Transition } from '../calls.ts';
import type { ParkingAnswer } from './parkingCalls.ts';
import type { ParkingRules } from './parkingRules.ts';
import { type DispatcherSlot, type Dispatching, endWork, type ParkingState } from './parkingState.ts';
import { callParking, dying } from './parkingWork.ts';

type Step = Transition<ParkingState>;

/** The schedule fires, twice or late as well, or the dispatcher's own message comes. */
export function* startDispatch(state: ParkingState, slot: DispatcherSlot): Generator<Step> {
  yield {
    label: `the schedule starts ${slot}`,
    next: withDispatcher(state, slot, { phase: 'take the lease', number: 0, round: 0 }),
  };
}

/**
 * The next step of a dispatcher. Its lease may run out in the middle of its work. So the rules must hold for two
 * dispatchers at once.
 */
export function* dispatch(
  state: ParkingState,
  slot: DispatcherSlot,
  dispatching: Dispatching,
  rules: ParkingRules,
): Generator<Step> {
  const { phase, number, round } = dispatching;
  const die = (next: ParkingState): ParkingState => withDispatcher(next, slot, null);
  const stop = (next: ParkingState): ParkingState => endWork(die(next), slot);
  const go = (next: ParkingState, change: Partial<Dispatching>): ParkingState =>
    withDispatcher(next, slot, { ...dispatching, ...change });
  const following = (step: 'send' | 'unpark'): Dispatching['phase'] =>
    rules.dispatch[rules.dispatch.indexOf(step) + 1] ?? 'keep';
  const proceedTo =
    (to: Dispatching['phase']) =>
    (next: ParkingState, answer: ParkingAnswer | 'failed'): ParkingState =>
      answer === 'failed' ? stop(next) : go(next, { phase: to });
  switch (phase) {
    case 'take the lease':
      yield* callParking(state, slot, { kind: phase }, rules, {
        proceed: (next, answer) =>
          answer !== 'failed' && answer.kind === 'done' ? go(next, { phase: 'read' }) : stop(next),
        die,
      });
      break;
    case 'read': {
      // The index is behind: it may not have the run yet, or still have an older number. Then nothing is sent.
      const { parked } = state;
      if (parked !== null && hasSomethingToSend(state)) {
        yield {
          label: `${slot}: reads the message of ${parked.number}`,
          next: go(state, {
            phase: rules.dispatch[0] ?? 'send',
            number: parked.number,
            round: parked.round,
          }),
        };
      }
      yield { label: `${slot}: finds nothing to send`, next: go(state, { phase: 'keep' }) };
      yield* dying(state, `${slot}: dies while it reads`, stop);
      break;
    }
    case 'send':
      yield* callParking(state, slot, { kind: 'send', door: 'ready', round }, rules, {
        proceed: proceedTo(following('send')),
        die,
      });
      break;
    case 'unpark':
      yield* callParking(state, slot, { kind: 'unpark', number }, rules, {
        proceed: proceedTo(following('unpark')),
        die,
      });
      break;
    case 'keep':
      yield* callParking(state, slot, { kind: 'keep' }, rules, { proceed: stop, die });
      break;
  }
}

/** Runs that wait for a person are sent when their time is over, to be ended. */
export function hasSomethingToSend({ parked, end }: ParkingState): boolean {
  return parked !== null && (parked.lane !== 'approval' || end === 'reached');
}

function withDispatcher(
  state: ParkingState,
  slot: DispatcherSlot,
  dispatching: Dispatching | null,
): ParkingState {
  return { ...state, dispatchers: { ...state.dispatchers, [slot]: dispatching } };
}
