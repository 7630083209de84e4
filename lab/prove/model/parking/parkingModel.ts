import { type Claims, type Exploration, explore } from '../explore.ts';
import { type ParkingRules, parkingRules } from './parkingRules.ts';
import { initialParkingState, type ParkingBounds, type ParkingState } from './parkingState.ts';
import { parkingTransitions } from './parkingTransitions.ts';

/** A world of the model, and what it is called. */
export interface ParkingWorld {
  readonly name: string;
  readonly bounds: ParkingBounds;
}

/** Two runners, two dispatchers, and nothing that goes wrong. */
export const calm: ParkingBounds = {
  runners: 2,
  dispatchers: 2,
  operators: 0,
  faults: 0,
  onlyDeaths: false,
  copies: 0,
  waits: 1,
  redrives: 0,
  putBacks: 0,
  needsApproval: false,
  cancel: 'never',
  end: 'never',
};
const twoOperators: ParkingBounds = { ...calm, needsApproval: true, operators: 2, dispatchers: 0, waits: 0 };

export const shortParkingWorlds: readonly ParkingWorld[] = [
  { name: 'parked up to 2 times', bounds: { ...calm, waits: 2 } },
  { name: 'parked, 1 fault', bounds: { ...calm, dispatchers: 1, faults: 1 } },
  { name: 'approved or denied by 2', bounds: twoOperators },
];

export const parkingWorlds: readonly ParkingWorld[] = [
  { name: 'parked, 1 fault', bounds: { ...calm, faults: 1 } },
  { name: 'parked, 2 deaths', bounds: { ...calm, faults: 2, onlyDeaths: true } },
  { name: 'parked up to 2 times, 1 death', bounds: { ...calm, waits: 2, faults: 1, onlyDeaths: true } },
  { name: 'parked, 1 fault, 1 copy', bounds: { ...calm, dispatchers: 1, faults: 1, copies: 1 } },
  { name: 'approved or denied by 2, 1 fault', bounds: { ...twoOperators, faults: 1 } },
  { name: 'approved or denied by 2, 1 copy', bounds: { ...twoOperators, copies: 1 } },
  {
    name: 'approved, parked and put back, 1 death',
    bounds: {
      ...twoOperators,
      operators: 1,
      dispatchers: 1,
      waits: 1,
      putBacks: 1,
      faults: 1,
      onlyDeaths: true,
    },
  },
  {
    name: 'approved, its time over, 1 fault',
    bounds: { ...twoOperators, operators: 1, dispatchers: 1, faults: 1, end: 'to come' },
  },
  {
    name: 'approved, redriven, 1 fault',
    bounds: { ...twoOperators, operators: 1, redrives: 1, faults: 1 },
  },
  {
    name: 'cancelled by an event, redriven, 1 fault, 1 copy',
    bounds: { ...calm, dispatchers: 1, faults: 1, copies: 1, redrives: 1, waits: 0, cancel: 'to come' },
  },
];

/** Explores a world to its end. */
export function exploreParking(
  bounds: ParkingBounds,
  onProgress: (states: number) => void = () => undefined,
  rules: ParkingRules = parkingRules,
): Exploration {
  return explore(
    initialParkingState(bounds),
    (state) => parkingTransitions(state, rules),
    parkingPromises,
    onProgress,
  );
}

/** What the protocol of parking promises. */
export const parkingPromises: Claims<ParkingState> = {
  violation: ({ wrong, timesDone, intake, ready }) => {
    if (wrong !== null) {
      return wrong;
    }
    if (timesDone.some((times) => times > 1)) {
      return 'the run is done twice';
    }
    return [...intake, ...ready].reduce((sum, count) => sum + count) > 8 ? 'messages pile up' : undefined;
  },
  isGoal: (state) => isEnded(state) && isAtRest(state),
};

function isEnded({ run, timesDone }: ParkingState): boolean {
  return run?.state === 'skipped' || (run?.state === 'done' && timesDone[run.round] === 1);
}

/** Nothing is under way or parked. What waits for a person stays parked until its time is over. */
function isAtRest(state: ParkingState): boolean {
  const { intake, ready, runners, dispatchers, operators, late, parked, end } = state;
  const workers = [runners, dispatchers, operators].flatMap((slots) => Object.values<unknown>(slots));
  return (
    [...intake, ...ready].every((count) => count === 0) &&
    [...workers, late].every((busy) => busy === null) &&
    (parked === null || (parked.lane === 'approval' && end === 'never'))
  );
}
