import type { RunEntry } from './runEntry.ts';

/**
 * Merges streams of runs, each of them newest first, into one that is newest first too. A run that moves from one key of
 * the index to another while both are read comes once: from the earlier stream, if both have it.
 */
export async function* mergeNewestFirst(
  streams: readonly AsyncGenerator<RunEntry, void>[],
): AsyncGenerator<RunEntry, void> {
  const heads = await Promise.all(streams.map((stream) => stream.next()));
  let atMs: number | undefined;
  const idsAtMs = new Set<string>();
  for (;;) {
    const newest = indexOfNewest(heads);
    const run = heads[newest]?.value;
    if (run === undefined) {
      return;
    }
    if (run.receivedAtMs !== atMs) {
      atMs = run.receivedAtMs;
      idsAtMs.clear();
    }
    if (!idsAtMs.has(run.runId)) {
      idsAtMs.add(run.runId);
      yield run;
    }
    heads[newest] = (await streams[newest]?.next()) ?? ended;
  }
}

const ended = { done: true, value: undefined } as const;

/** The first of those that are equally new. */
function indexOfNewest(heads: readonly IteratorResult<RunEntry, void>[]): number {
  const times = heads.map(({ value }) => value?.receivedAtMs ?? Number.NEGATIVE_INFINITY);
  return times.indexOf(Math.max(...times));
}
