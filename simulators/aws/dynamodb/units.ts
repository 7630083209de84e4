/** What calls of DynamoDB are billed as, on demand. */
export interface LedgerUnits {
  readonly calls: number;
  /** Of the table. */
  readonly writes: number;
  /** Of its indexes: DynamoDB bills each of them as a table. */
  readonly indexWrites: number;
  readonly reads: number;
}

export const noUnits: LedgerUnits = { calls: 0, writes: 0, indexWrites: 0, reads: 0 };

export function addUnits(one: LedgerUnits, other: LedgerUnits): LedgerUnits {
  return {
    calls: one.calls + other.calls,
    writes: one.writes + other.writes,
    indexWrites: one.indexWrites + other.indexWrites,
    reads: one.reads + other.reads,
  };
}

/** A unit for each KB that was begun; at least one. */
export function writeUnits(bytes: number): number {
  return Math.max(1, Math.ceil(bytes / 1024));
}

/** A unit for each 4 KB that were begun, at least one, of a read of what stands there now; half of it otherwise. */
export function readUnits(bytes: number, isConsistent: boolean): number {
  return Math.max(1, Math.ceil(bytes / 4096)) * (isConsistent ? 1 : 0.5);
}
