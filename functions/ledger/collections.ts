import { setTimeout as sleep } from 'node:timers/promises';
import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import { keepEvent, readEvents } from './collectedEvents.ts';
import { type CollectionStep, joinStep } from './collectionStep.ts';
import { assign, type LedgerTable, number, text } from './ledgerTable.ts';
import { leasedUpdate, type RunLease } from './runLease.ts';
import { type TransactionWrite, transact } from './transact.ts';

/** Races lost before a run gives up; each means that another run joined or closed the collection. */
const maxTries = 500;
const longestPauseMs = 50;

const isNew = 'attribute_not_exists(pk)';
const isAsFound = '#collectionId = :foundId AND #count = :foundCount AND #state = :foundState';
const isOpenAsFound = '#collectionId = :id AND #count = :count AND #state = :open';
const hasNotJoined = 'attribute_not_exists(#collection)';

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
}

/**
 * What a run is to a collection. `opener`: it waits until the collection closes; `member`: its event is collected, and
 * another run does the work; `closer`: it has closed the collection and does the work for its `count` events; `lost`:
 * another delivery has the run's lease.
 */
export type CollectionPart =
  | { readonly kind: 'opener'; readonly closesAtMs: number }
  | { readonly kind: 'member' }
  | { readonly kind: 'closer'; readonly collection: string; readonly count: number }
  | { readonly kind: 'lost' };

/**
 * The events that triggers collect. Each step is one transaction with the run item, so that no event is in two
 * collections, and one run alone closes a collection: the run whose event makes it full, the run that opened it when its
 * time is over, or the first run that comes after that.
 */
export class Collections {
  readonly #table: LedgerTable;

  constructor(table: LedgerTable) {
    this.#table = table;
  }

  /** Adds a run's event to the open collection of its key, or opens one with it. */
  async join(lease: RunLease, options: JoinOptions): Promise<CollectionPart> {
    const { key, event, nowMs, expiresAtSeconds } = options;
    const partsId = `${lease.runId}-${nowMs}`;
    const kept = await keepEvent(this.#table, { partsId, json: event, expiresAtSeconds });
    const eventBytes = Buffer.byteLength(event);
    for (let tries = 0; tries < maxTries; tries += 1) {
      const step = joinStep(await this.#table.readOne(key), { ...options, runId: lease.runId, eventBytes });
      const runId = text(lease.runId);
      const outcome = await transact(this.#table, [
        membership(lease, key, step),
        advance(options, step),
        keep(`collected#${step.id}#${step.count}`, { ...kept, runId }, expiresAtSeconds),
        ...(step.closes ? [keep(`collected#${step.id}#0`, { runId }, expiresAtSeconds)] : []),
      ]);
      if (outcome.kind === 'written') {
        return partOf(step);
      }
      if (outcome.by.includes(0)) {
        return { kind: 'lost' };
      }
      await sleep(Math.random() * longestPauseMs);
    }
    throw new Error(`Could not join a collection in ${maxTries} tries: other runs were faster each time`);
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
        keep(`collected#${collection}#0`, { runId: text(lease.runId) }, expiresAtSeconds),
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
}

/** On the run: which collection it has joined, and how many events it has if the run closes it. */
function membership(lease: RunLease, key: string, { id, count, closes }: CollectionStep): TransactionWrite {
  const set = assign({
    collection: text(id),
    collectionKey: text(key),
    collected: closes ? number(count) : undefined,
  });
  return { update: leasedUpdate(lease, { set, condition: hasNotJoined }) };
}

function advance({ key, expiresAtSeconds }: JoinOptions, step: CollectionStep): TransactionWrite {
  const { assignments, values } = assign({
    collectionId: text(step.id),
    count: number(step.count),
    bytes: number(step.bytes),
    closesAtMs: number(step.closesAtMs),
    state: text(step.closes ? 'closed' : 'open'),
    expiresAt: number(expiresAtSeconds),
  });
  const { id, count, isOpen } = step.before;
  const change = { pk: key, change: `SET ${assignments}` };
  if (id === undefined) {
    return { update: { ...change, condition: isNew, values } };
  }
  const found = {
    ':foundId': text(id),
    ':foundCount': number(count),
    ':foundState': text(isOpen ? 'open' : 'closed'),
  };
  return { update: { ...change, condition: isAsFound, values: { ...values, ...found } } };
}

function closing(key: string, collection: string, count: number): TransactionWrite {
  return {
    update: {
      pk: key,
      change: 'SET #state = :closed',
      condition: isOpenAsFound,
      values: {
        ':id': text(collection),
        ':count': number(count),
        ':open': text('open'),
        ':closed': text('closed'),
      },
    },
  };
}

function keep(
  pk: string,
  attributes: Readonly<Record<string, AttributeValue>>,
  expiresAtSeconds: number,
): TransactionWrite {
  const item = { pk: text(pk), ...attributes, expiresAt: number(expiresAtSeconds) };
  return { put: { item, condition: isNew } };
}

/** What a run is to the collection after its step. */
function partOf({ id, count, closes, closesAtMs }: CollectionStep): CollectionPart {
  if (closes) {
    return { kind: 'closer', collection: id, count };
  }
  return count === 1 ? { kind: 'opener', closesAtMs } : { kind: 'member' };
}
