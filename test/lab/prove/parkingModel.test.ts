import { describe, expect, it } from 'vitest';
import { calm, exploreParking } from '../../../lab/prove/model/parking/parkingModel.ts';
import { type ParkingRules, parkingRules } from '../../../lab/prove/model/parking/parkingRules.ts';
import type { ParkingBounds } from '../../../lab/prove/model/parking/parkingState.ts';

const oneDeath: ParkingBounds = { ...calm, faults: 1, onlyDeaths: true };
const withOperators: ParkingBounds = { ...calm, operators: 2, dispatchers: 0, waits: 0, needsApproval: true };

/** The first violation that the model finds if one rule of the protocol is another. */
function violationWith(bounds: ParkingBounds, changed: Partial<ParkingRules>): string {
  return exploreParking(bounds, undefined, { ...parkingRules, ...changed }).violations[0] ?? 'it holds';
}

describe('the model of parking', () => {
  it('holds with two runners, two dispatchers and the death of one of them', () => {
    const found = exploreParking(oneDeath);
    expect(found.violations).toEqual([]);
    expect(found.states).toBeGreaterThan(10_000);
  });

  it('holds with two operators who decide differently', () => {
    expect(exploreParking(withOperators).violations).toEqual([]);
  });

  it('finds that a run would be lost if the dispatcher unparked it before it sends it', () => {
    expect(violationWith(oneDeath, { dispatch: ['unpark', 'send'] })).toMatch(
      /^stuck for ever: .* dispatcher 1: unpark 1 dies after$/,
    );
  });

  it('finds that a run would be lost if it were unparked whatever its number', () => {
    expect(violationWith({ ...calm, waits: 2 }, { mayUnpark: () => true })).toMatch(
      /^stuck for ever: .* park 2 in the lane trigger .* dispatcher 1: unpark 1$/,
    );
  });

  it('finds that a run would be lost if its number did not grow', () => {
    expect(violationWith({ ...calm, waits: 2 }, { nextNumber: () => 1 })).toMatch(/^stuck for ever: /);
  });

  it('finds that a run would be lost if its message were deleted before it is parked', () => {
    expect(violationWith(calm, { park: ['release'] })).toMatch(/^stuck for ever: /);
  });

  it('finds that a decision could not be taken any more if an older parking replaced a newer one', () => {
    const bounds = { ...withOperators, copies: 1 };
    expect(violationWith(bounds, { mayPark: () => true })).toMatch(
      /^stuck for ever: .* park 2 in the lane approval .* park 1 in the lane approval$/,
    );
  });

  it('finds that a run would be lost if an operator unparked it before it is sent', () => {
    const bounds = { ...withOperators, operators: 1, faults: 1, onlyDeaths: true } as const;
    expect(violationWith(bounds, { decide: ['decide', 'unpark', 'send'] })).toMatch(
      /^stuck for ever: .* operator 1: unpark 1 dies after$/,
    );
  });

  it('finds that a denied run would be called if a decision were written while a delivery works on the run', () => {
    expect(violationWith({ ...withOperators, copies: 1 }, { mayDecide: () => true })).toMatch(
      /^the run is called, but a person has denied it: /,
    );
  });

  it('finds that a denied run would be called if a run were not asked again at its slot', () => {
    expect(violationWith(withOperators, { asksAtSlot: false })).toMatch(
      /^the run is called, but a person has denied it: /,
    );
  });

  it('finds that a cancelled run would be called if a run were not asked again at its slot', () => {
    expect(violationWith({ ...calm, cancel: 'to come' }, { asksAtSlot: false })).toMatch(
      /^the run is called, but an event had cancelled it: /,
    );
  });

  it('finds that an older copy would skip a redriven run if it did not go by the redrive of the run', () => {
    const bounds = {
      ...calm,
      dispatchers: 0,
      waits: 0,
      copies: 1,
      redrives: 1,
      faults: 1,
      cancel: 'to come',
    } as const;
    expect(violationWith(bounds, { roundOf: (message) => message })).toMatch(
      /^a redriven run is skipped for an event before it: /,
    );
  });

  it('finds that a late write would end a redriven run if a redrive did not take the run from its owner', () => {
    const bounds = { ...calm, dispatchers: 0, waits: 0, redrives: 1, faults: 1 } as const;
    expect(violationWith(bounds, { redriveRemovesOwner: false })).toMatch(
      /^stuck for ever: .* a late write arrives: finish/,
    );
  });
});
