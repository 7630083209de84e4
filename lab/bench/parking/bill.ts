/** What AWS bills for calls. */
export interface Bill {
  /** Of the ledger and its indexes. */
  readonly writeUnits: number;
  readonly readUnits: number;
  /** What is sent to SQS: each 64 KiB. */
  readonly queueRequests: number;
}

export const noBill: Bill = { writeUnits: 0, readUnits: 0, queueRequests: 0 };

export function addBills(one: Bill, other: Bill): Bill {
  return {
    writeUnits: one.writeUnits + other.writeUnits,
    readUnits: one.readUnits + other.readUnits,
    queueRequests: one.queueRequests + other.queueRequests,
  };
}

/** What a bill has grown by. */
export function minus(bill: Bill, before: Bill): Bill {
  return {
    writeUnits: bill.writeUnits - before.writeUnits,
    readUnits: bill.readUnits - before.readUnits,
    queueRequests: bill.queueRequests - before.queueRequests,
  };
}

/** What DynamoDB says that a call consumed. */
export interface ConsumedCapacity {
  readonly CapacityUnits?: number;
}

const reads: ReadonlySet<string> = new Set(['GetItem', 'BatchGetItem', 'Query', 'Scan']);

/**
 * The units of a call of the ledger.
 *
 * @param consumed what DynamoDB says; absent for a refused call: a failed condition costs a write unit all the same
 */
export function consumedUnits(
  operation: string,
  consumed: readonly ConsumedCapacity[] | undefined,
): Pick<Bill, 'writeUnits' | 'readUnits'> {
  const units =
    consumed === undefined ? 1 : consumed.reduce((sum, { CapacityUnits = 0 }) => sum + CapacityUnits, 0);
  return reads.has(operation) ? { writeUnits: 0, readUnits: units } : { writeUnits: units, readUnits: 0 };
}
