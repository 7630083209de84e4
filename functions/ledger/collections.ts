import { setTimeout as sleep } from 'node:timers/promises';
import { keepEvent, readEvents } from './collectedEvents.ts';
import { type CollectionStep, joinStep } from './collectionStep.ts';
import { advance, type CollectionPart, closing, keep, membership } from './collectionWrites.ts';
import { type Counters, counterAttributes, readCounters } from './counters.ts';
import { isTallyKey } from './keys.ts';
import { type ItemResult, lastResultPut } from './lastResults.ts';
import { assign, type LedgerTable, number, text } from './ledgerTable.ts';
import { leasedUpdate, type RunLease } from './runLease.ts';
import { Tallies, type TallyOptions } from './tallies.ts';
import { transact } from './transact.ts';

/** Races lost before a run gives up; each means that another run joined or closed the collection. */
const maxTries = 500;
const longestPauseMs = 50;

/** Among the writes of the transaction by which a run joins. */
const lastResultIndex = 3;

/** How a run joins a collection. */
export interface JoinOptions {
  /** Of the trigger and its key. */
  readonly key: string;
  /** JSON of the event that it brings. */
  readonly event: string;
  readonly nowMs: number;
  /** Events that close the collection. */
  readonly maxCount: number;
  /** Bytes of JSON that close the collection: the run that closes it has all events in memory. */
  readonly maxBytes: number;
  /** The collection is closed so long after its first event, however few events it has. */
  readonly withinMs: number;
  readonly expiresAtSeconds: number;
  /** Kept as the last result of its item, unless a newer one is kept. @default nothing */
  readonly itemResult?: ItemResult | undefined;
}

/**
 * The events that triggers collect. Each step is one transaction with the run item, so that no event is in two
 * collections, and one run alone closes a collection: the run whose event makes it full, the run that opened it when its
 * time is over, or the first run that comes after that.
 */
export class Collections {
  readonly #table: LedgerTable;
  readonly #tallies: Tallies;

  constructor(table: LedgerTable) {
    this.#table = table;
    this.#tallies = new Tallies(table);
  }

  /** Adds a run's event to the open collection of its key, or opens one with it. */
  async join(lease: RunLease, options: JoinOptions): Promise<CollectionPart> {
    const { key, event, nowMs, expiresAtSeconds, itemResult } = options;
    const partsId = `${lease.runId}-${nowMs}`;
    const kept = await keepEvent(this.#table, { partsId, json: event, expiresAtSeconds });
    const eventBytes = Buffer.byteLength(event);
    let last = itemResult === undefined ? [] : [{ put: lastResultPut(itemResult, nowMs) }];
    for (let tries = 0; tries < maxTries; tries += 1) {
      const step = joinStep(await this.#table.readOne(key), { ...options, runId: lease.runId, eventBytes });
      const runId = text(lease.runId);
      const outcome = await transact(this.#table, [
        membership(lease, key, step),
        advance(options, step),
        keep(`collected#${step.id}#${step.count}`, { ...kept, runId }, expiresAtSeconds),
        ...last,
        ...(step.closes ? [keep(`collected#${step.id}#0`, { runId }, expiresAtSeconds)] : []),
      ]);
      if (outcome.kind === 'written') {
        return partOf(step);
      }
      if (outcome.by.includes(0)) {
        return { kind: 'lost' };
      }
      if (last.length > 0 && outcome.by.includes(lastResultIndex)) {
        last = [];
        continue;
      }
      await sleep(Math.random() * longestPauseMs);
    }
    throw new Error(`Could not join a collection in ${maxTries} tries: other runs were faster each time`);
  }

  /** Counts a run's event in the open tally of its key, or opens one with it. */
  async count(lease: RunLease, options: TallyOptions): Promise<CollectionPart> {
    return await this.#tallies.count(lease, options);
  }

  /**
   * What a run that has joined before has to do now: the opener closes the collection when its time is over.
   *
   * @param joined the collection that it has joined
   */
  async resume(
    lease: RunLease,
    { id: collection, key }: { readonly id: string; readonly key: string },
    { nowMs, expiresAtSeconds }: Pick<JoinOptions, 'nowMs' | 'expiresAtSeconds'>,
  ): Promise<CollectionPart> {
    for (let tries = 0; tries < maxTries; tries += 1) {
      const found = await this.#table.readOne(key);
      const isOpen = found?.state?.S === 'open' && found.collectionId?.S === collection;
      if (!isOpen || !collection.startsWith(lease.runId)) {
        return { kind: 'member' };
      }
      const count = Number(found.count?.N ?? 0);
      const closesAtMs = Number(found.closesAtMs?.N ?? 0);
      if (closesAtMs > nowMs) {
        return { kind: 'opener', closesAtMs };
      }
      const outcome = await transact(this.#table, [
        { update: leasedUpdate(lease, { set: assign({ collected: number(count) }) }) },
        closing(key, collection, count),
        keep(
          `collected#${collection}#0`,
          { runId: text(lease.runId), ...(isTallyKey(key) ? counterAttributes(readCounters(found)) : {}) },
          expiresAtSeconds,
        ),
      ]);
      if (outcome.kind === 'written') {
        return { kind: 'closer', collection, count };
      }
      if (outcome.by.includes(0)) {
        return { kind: 'lost' };
      }
    }
    throw new Error(`Could not close the collection in ${maxTries} tries: other runs joined it each time`);
  }

  /** The events of a collection, as JSON, in the order in which they joined. Few are in memory at a time. */
  events(collection: string, count: number): AsyncIterable<string> {
    return readEvents(this.#table, collection, count);
  }

  /** What the events of a closed tally counted as. */
  async counters(collection: string): Promise<Counters> {
    return readCounters(await this.#table.readOne(`collected#${collection}#0`));
  }
}

/** What a run is to the collection after its step. */
function partOf({ id, count, closes, closesAtMs }: CollectionStep): CollectionPart {
  if (closes) {
    return { kind: 'closer', collection: id, count };
  }
  return count === 1 ? { kind: 'opener', closesAtMs } : { kind: 'member' };
}
