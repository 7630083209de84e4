import type { Transition } from '../calls.ts';
import type { ParkingAnswer } from './parkingCalls.ts';
import type { ParkingRules } from './parkingRules.ts';
import {
  type Decision,
  endWork,
  type Operating,
  type OperatorSlot,
  type Parked,
  type ParkingState,
} from './parkingState.ts';
import { callParking } from './parkingWork.ts';

type Step = Transition<ParkingState>;

/** A person decides about the parked run, or puts it back into the queue. */
export function* startOperating(
  state: ParkingState,
  slot: OperatorSlot,
  rules: ParkingRules,
): Generator<Step> {
  const { parked, putBacks } = state;
  if (parked === null) {
    return;
  }
  const { number, round } = parked;
  for (const decision of decisionsFor(parked)) {
    const phase = rules.decide[0] ?? 'decide';
    yield {
      label: `${slot}: reads ${number}, to have it ${decision}`,
      next: withOperator(state, slot, { phase, decision, number, round }),
    };
  }
  if (putBacks > 0) {
    yield {
      label: `${slot}: reads ${number}, to put it back`,
      next: withOperator({ ...state, putBacks: putBacks - 1 }, slot, {
        phase: rules.decide.find((step) => step !== 'decide') ?? 'send',
        decision: 'unpark',
        number,
        round,
      }),
    };
  }
}

function decisionsFor({ lane }: Parked): readonly Decision[] {
  return lane === 'approval' ? ['approved', 'denied', 'cancelled'] : ['cancelled'];
}

/** The next step of an operator's command. */
export function* operate(
  state: ParkingState,
  slot: OperatorSlot,
  operating: Operating,
  rules: ParkingRules,
): Generator<Step> {
  const { phase, decision, number, round } = operating;
  const die = (next: ParkingState): ParkingState => withOperator(next, slot, null);
  const stop = (next: ParkingState): ParkingState => endWork(die(next), slot);
  const go = (next: ParkingState): ParkingState => {
    const following = rules.decide[rules.decide.indexOf(phase) + 1];
    return following === undefined
      ? stop(next)
      : withOperator(next, slot, { ...operating, phase: following });
  };
  const proceed = (next: ParkingState, answer: ParkingAnswer | 'failed'): ParkingState =>
    answer === 'failed' ? stop(next) : go(next);
  switch (phase) {
    case 'decide':
      if (decision !== 'unpark') {
        yield* callParking(state, slot, { kind: 'decide', decision, number }, rules, {
          proceed: (next, answer) => (answer !== 'failed' && answer.kind === 'done' ? go(next) : stop(next)),
          die,
        });
      }
      break;
    case 'send': {
      const door = decision === 'unpark' ? 'intake' : 'ready';
      yield* callParking(state, slot, { kind: 'send', door, round }, rules, { proceed, die });
      break;
    }
    case 'unpark':
      yield* callParking(state, slot, { kind: 'unpark', number }, rules, { proceed, die });
      break;
  }
}

function withOperator(state: ParkingState, slot: OperatorSlot, operating: Operating | null): ParkingState {
  return { ...state, operators: { ...state.operators, [slot]: operating } };
}
