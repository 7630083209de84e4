import { describe, expect, it } from 'vitest';
import { dollarsPerMillionRuns } from '../../../lab/bench/cost/runDollars.ts';
import { addBills, consumedUnits, noBill } from '../../../lab/bench/parking/bill.ts';

describe('what a call of the ledger is billed as', () => {
  it.each(['PutItem', 'UpdateItem', 'DeleteItem', 'TransactWriteItems', 'BatchExecuteStatement'])(
    'the units of a %s are write units',
    (operation) => {
      expect(consumedUnits(operation, [{ CapacityUnits: 4 }])).toEqual({ writeUnits: 4, readUnits: 0 });
    },
  );

  it.each(['GetItem', 'BatchGetItem', 'Query'])('the units of a %s are read units', (operation) => {
    expect(consumedUnits(operation, [{ CapacityUnits: 0.5 }])).toEqual({ writeUnits: 0, readUnits: 0.5 });
  });

  it('a write whose condition fails costs a unit', () => {
    expect(consumedUnits('UpdateItem', undefined)).toEqual({ writeUnits: 1, readUnits: 0 });
  });

  it('the units of all tables count', () => {
    expect(consumedUnits('BatchGetItem', [{ CapacityUnits: 1 }, { CapacityUnits: 2 }, {}]).readUnits).toBe(3);
  });
});

describe('the cost of a million runs', () => {
  it('the cost of a million runs counts writes, reads and what is sent', () => {
    const write = { ...noBill, writeUnits: 1 };
    const others = { ...noBill, readUnits: 2, queueRequests: 0.1 };
    expect(dollarsPerMillionRuns(write)).toBeCloseTo(0.625);
    expect(dollarsPerMillionRuns(others)).toBeCloseTo(0.25 + 0.04);
    expect(dollarsPerMillionRuns(addBills(write, others))).toBeCloseTo(0.915);
  });
});
