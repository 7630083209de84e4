import type { Run } from './parkingState.ts';

/**
 * What the protocol of parking rests on: the order of writes, and their conditions. The tests change one rule at a time,
 * and the model shows what that would lose.
 */
export interface ParkingRules {
  /** How a runner parks a run, before SQS deletes the message. */
  readonly park: readonly ('release' | 'park')[];
  /** How the dispatcher sends a parked run on. */
  readonly dispatch: readonly ('send' | 'unpark')[];
  /** How an operator decides about a parked run. */
  readonly decide: readonly ('decide' | 'send' | 'unpark')[];
  /** Whether a parking with this number replaces what is parked. @param parked `null` if nothing is */
  readonly mayPark: (parked: number | null, number: number) => boolean;
  /** Whether the parked item is deleted for somebody who has read this number. */
  readonly mayUnpark: (parked: number, number: number) => boolean;
  /** Whether a decision of somebody who has read this number is written into the run's item. */
  readonly mayDecide: (run: Run, number: number) => boolean;
  /** The number of a run's next parking. */
  readonly nextNumber: (parkings: number) => number;
  /** Whether a run is asked again at its slot what it was asked when it came in. */
  readonly asksAtSlot: boolean;
  /** The round of a run for a delivery: that of its message, or that of the run's item. */
  readonly roundOf: (message: number, run: number) => number;
  /** Whether a redrive takes the run from its last owner. */
  readonly redriveRemovesOwner: boolean;
}

/** The rules as they are. Tests on the emulator show that the conditions of the ledger decide the same. */
export const parkingRules: ParkingRules = {
  park: ['release', 'park'],
  dispatch: ['send', 'unpark'],
  decide: ['decide', 'send', 'unpark'],
  mayPark: (parked, number) => parked === null || parked <= number,
  mayUnpark: (parked, number) => parked === number,
  mayDecide: ({ state, isLeased, mayHaveCalled, parkings }, number) =>
    state === 'waiting' && !isLeased && !mayHaveCalled && parkings === number,
  nextNumber: (parkings) => parkings + 1,
  asksAtSlot: true,
  roundOf: (_message, run) => run,
  redriveRemovesOwner: true,
};
