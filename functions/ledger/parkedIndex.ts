import { shardOf } from './runItem.ts';

/**
 * The ledger's index of parked runs, for the dispatcher: `lane` (a lane and a shard, `churn-signal#3`) and `orderMs`. Only
 * parked runs have a `lane`, so the index holds nothing else. It has what a plan needs. The messages stay in the table.
 */
export const parkedIndex = {
  indexName: 'Parked',
  partitionKey: 'lane',
  sortKey: 'orderMs',
  nonKeyAttributes: ['trigger', 'number', 'endsAtMs', 'credits'],
} as const;

/** The lane of runs that wait until a person approves them. No trigger can have this name. */
export const approvalLane = '~approval';

/** The lane of runs that wait until a known time, in the order of these times. No trigger can have this name. */
export const notBeforeLane = '~notBefore';

/**
 * How many keys of the index the runs of a lane share. DynamoDB takes 1,000 writes a second for one key, and throttles the
 * table itself when its index cannot follow. Before this number changes, readers must know both numbers.
 */
const shards = 4;

/**
 * The attribute `lane` of a parked run: its lane and one of four shards.
 *
 * @param lane the name of the run's trigger, {@link approvalLane} or {@link notBeforeLane}
 * @param runId 40 hex characters of a digest
 */
export function laneKeyOf(lane: string, runId: string): string {
  return shardedLane(lane, shardOf(runId, shards));
}

/** All values of the attribute `lane` that runs of a lane have. */
export function laneKeys(lane: string): readonly string[] {
  return Array.from({ length: shards }, (_none, shard) => shardedLane(lane, shard));
}

/** The lane of a value of the attribute `lane`. */
export function laneOfKey(key: string): string {
  return key.slice(0, key.lastIndexOf('#'));
}

function shardedLane(lane: string, shard: number): string {
  return `${lane}#${shard}`;
}
