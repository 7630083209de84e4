/**
 * How many keys of the index `RunsByDay` the runs of a day share. DynamoDB takes 1,000 writes a second for one key, and
 * throttles the table itself when its index cannot follow. Before this number changes, readers must know both numbers.
 */
const shards = 8;

/** The UTC day of a time: `2026-11-21`. */
export function utcDay(atMs: number): string {
  return new Date(atMs).toISOString().slice(0, 10);
}

/**
 * The attribute `day` of a run item: its UTC day and one of eight shards, e.g. `2026-11-21#3`. It depends on the run alone,
 * so every delivery writes the same value.
 *
 * @param runId 40 hex characters of a digest
 */
export function dayOf(runId: string, receivedAtMs: number): string {
  return shardedDay(utcDay(receivedAtMs), shardOf(runId, shards));
}

/**
 * All values of `day` that runs of a UTC day may have: the shards, and the plain day that releases up to 0.2.0 wrote. The
 * plain day comes last, because a run that was taken again since has a shard.
 *
 * @param runIdPrefix the beginning of the ids that are searched, if they have one in common: they have one shard
 */
export function dayKeys(day: string, runIdPrefix = ''): readonly string[] {
  const searched =
    runIdPrefix === ''
      ? Array.from({ length: shards }, (_none, shard) => shard)
      : [shardOf(runIdPrefix, shards)];
  return [...searched.map((shard) => shardedDay(day, shard)), day];
}

function shardedDay(day: string, shard: number): string {
  return `${day}#${shard}`;
}

/**
 * Which of the keys that runs share in an index has this run. The first hex digit decides: in a digest each of its 16
 * values is equally frequent.
 *
 * @param runId 40 hex characters of a digest, or their beginning
 */
export function shardOf(runId: string, shards: number): number {
  return Number.parseInt(runId.slice(0, 1), 16) % shards;
}
