import { setTimeout as sleep } from 'node:timers/promises';
import type { CollectionStep } from './collectionStep.ts';
import { advance, type CollectionPart, keep, membership } from './collectionWrites.ts';
import { type CountedNames, countEvent, counterAttributes, readCounters } from './counters.ts';
import { type LedgerItem, type LedgerTable, text } from './ledgerTable.ts';
import type { RunLease } from './runLease.ts';
import { type TransactionWrite, transact } from './transact.ts';

/** Runs of one transaction, which has 100 items at most. The runner admits ten runs at once. */
const mostTogether = 25;
/** Races lost before runs give up; each means that another process has changed the tally. */
const maxTries = 500;
const longestPauseMs = 50;

/** How a run's event is counted. */
export interface TallyOptions {
  /** Of the trigger and its key. */
  readonly key: string;
  readonly event: CountedNames;
  readonly nowMs: number;
  /** Events that close the tally. */
  readonly maxCount: number;
  /** The tally is closed so long after its first event, however few events it has. */
  readonly withinMs: number;
  readonly expiresAtSeconds: number;
}

/** A run whose event waits to be counted. */
interface Joining {
  readonly lease: RunLease;
  readonly options: TallyOptions;
  readonly resolve: (part: CollectionPart) => void;
  readonly reject: (error: unknown) => void;
}

/**
 * Counts events in place of keeping them, exactly: one transaction notes on the run items that their events are counted, and
 * adds them to the counters. A run item that has joined is all that has to be kept of an event. Runs of one process that
 * come for the same key at the same time share a transaction: all write the same item, and would wait for one another.
 */
export class Tallies {
  readonly #table: LedgerTable;
  /** By key: the runs that wait while a transaction of that key is under way. */
  readonly #lines = new Map<string, Joining[]>();

  constructor(table: LedgerTable) {
    this.#table = table;
  }

  async count(lease: RunLease, options: TallyOptions): Promise<CollectionPart> {
    const { promise, resolve, reject } = Promise.withResolvers<CollectionPart>();
    const joining = { lease, options, resolve, reject };
    const line = this.#lines.get(options.key);
    if (line === undefined) {
      const own = [joining];
      this.#lines.set(options.key, own);
      void this.#serve(options.key, own);
    } else {
      line.push(joining);
    }
    return await promise;
  }

  async #serve(key: string, line: Joining[]): Promise<void> {
    while (line.length > 0) {
      const group = line.splice(0, mostTogether);
      try {
        // Those that no longer fit open the next tally.
        line.unshift(...(await this.#countTogether(key, group)));
      } catch (error) {
        for (const { reject } of group) {
          reject(error);
        }
      }
    }
    this.#lines.delete(key);
  }

  /** @returns the runs that the tally had no room for */
  async #countTogether(key: string, joining: readonly Joining[]): Promise<readonly Joining[]> {
    let group = joining;
    for (let tries = 0; tries < maxTries; tries += 1) {
      const [first] = group;
      if (first === undefined) {
        return [];
      }
      const found = await this.#table.readOne(key);
      const step = tallyStep(found, first, group.length);
      const counting = group.slice(0, step.count - (step.before.isOpen ? step.before.count : 0));
      const outcome = await transact(this.#table, writesOf(found, step, first, counting));
      if (outcome.kind === 'written') {
        counting.forEach(({ resolve }, index) => void resolve(partOf(step, index, counting.length)));
        return group.slice(counting.length);
      }
      const lost = new Set(counting.filter((_run, index) => outcome.by.includes(index)));
      for (const { resolve } of lost) {
        resolve({ kind: 'lost' });
      }
      group = group.filter((run) => !lost.has(run));
      await sleep(Math.random() * longestPauseMs);
    }
    throw new Error(`Could not count events in ${maxTries} tries: other runs were faster each time`);
  }
}

/** The tally after as many runs have joined as it has room for. */
function tallyStep(found: LedgerItem | undefined, { lease, options }: Joining, runs: number): CollectionStep {
  const { nowMs, withinMs, maxCount } = options;
  const before = {
    id: found?.collectionId?.S,
    count: Number(found?.count?.N ?? 0),
    isOpen: found?.state?.S === 'open',
  };
  const id = before.isOpen ? (before.id ?? '') : `${lease.runId}-${nowMs}`;
  const closesAtMs = before.isOpen ? Number(found?.closesAtMs?.N ?? 0) : nowMs + withinMs;
  const counted = before.isOpen ? before.count : 0;
  // An earlier deployment may have let it grow larger: one more closes it.
  const count = Math.min(counted + runs, Math.max(maxCount, counted + 1));
  return { id, count, bytes: 0, closesAtMs, closes: count >= maxCount || closesAtMs <= nowMs, before };
}

function writesOf(
  found: LedgerItem | undefined,
  step: CollectionStep,
  { options: { key, expiresAtSeconds } }: Joining,
  counting: readonly Joining[],
): readonly TransactionWrite[] {
  const before = readCounters(step.before.isOpen ? found : undefined);
  const counters = counterAttributes(
    counting.reduce((all, { options }) => countEvent(all, options.event), before),
  );
  const runId = text(counting.at(-1)?.lease.runId ?? '');
  return [
    ...counting.map(({ lease }, index) =>
      // The last run closes the tally.
      membership(lease, key, { ...step, closes: step.closes && index === counting.length - 1 }),
    ),
    advance({ key, expiresAtSeconds }, step, counters),
    ...(step.closes ? [keep(`collected#${step.id}#0`, { runId, ...counters }, expiresAtSeconds)] : []),
  ];
}

/** What the run at this place of the transaction is to the tally. */
function partOf(
  { id, count, closes, closesAtMs, before }: CollectionStep,
  index: number,
  runs: number,
): CollectionPart {
  if (closes && index === runs - 1) {
    return { kind: 'closer', collection: id, count };
  }
  return index === 0 && !before.isOpen && !closes ? { kind: 'opener', closesAtMs } : { kind: 'member' };
}
