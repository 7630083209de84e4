import type { CallEntry } from './callEntry.ts';

/** Longer than any call: no invocation of Lambda takes more than 15 minutes. */
const longestCallMs = 15 * 60_000;

/**
 * Makes one entry of the two records of a call that changes something: one before it, one after it. The first one is left out
 * when the second one is there. Otherwise the runner has crashed, or the call is under way: the first one is then the entry.
 */
export class JoinPhases {
  /** By what both records of a call have. Calls of one run are made one after the other. */
  readonly #begun = new Map<string, CallEntry>();

  /** Takes the next record. @returns what is to be shown now, in the order of time */
  add(entry: CallEntry): readonly CallEntry[] {
    const key = JSON.stringify([entry.agent, entry.operation, entry.runId]);
    const overdue = this.#takeBegunBefore(entry.atMs - longestCallMs);
    if (entry.phase === 'begins') {
      const earlier = this.#begun.get(key);
      this.#begun.set(key, entry);
      return earlier === undefined ? overdue : [...overdue, withoutEnd(earlier)];
    }
    if (entry.phase === 'ended') {
      this.#begun.delete(key);
    }
    return [...overdue, entry];
  }

  /** What is left when all records have been read. */
  rest(nowMs: number): readonly CallEntry[] {
    return [
      ...this.#takeBegunBefore(nowMs - longestCallMs),
      ...[...this.#begun.values()].map((entry) => ({
        ...entry,
        sentence: `${entry.sentence} Its end is not on record: it may be under way.`,
      })),
    ];
  }

  #takeBegunBefore(ms: number): readonly CallEntry[] {
    const overdue = [...this.#begun].filter(([, { atMs }]) => atMs < ms);
    for (const [key] of overdue) {
      this.#begun.delete(key);
    }
    return overdue.map(([, entry]) => withoutEnd(entry));
  }
}

function withoutEnd(entry: CallEntry): CallEntry {
  return {
    ...entry,
    sentence: `${entry.sentence} Its end is not on record: its runner ended before it.`,
  };
}
