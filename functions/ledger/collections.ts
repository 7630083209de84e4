import { setTimeout as sleep } from 'node:timers/promises';
import type { AttributeValue, DynamoDBClient, TransactWriteItem } from '@aws-sdk/client-dynamodb';
import { ownedUpdate } from './ownedUpdate.ts';
import type { RunLease } from './runTransitions.ts';
import { readItems } from './sharedState.ts';
import { transact } from './transact.ts';
import { assign, number, text } from './updateExpression.ts';

/** Joins and closings lost to others before one gives up; each loss means that somebody else got through. */
const maxTries = 500;
const longestPauseMs = 50;

type Item = Readonly<Record<string, AttributeValue>>;

/** How a run joins a collection. */
export interface JoinOptions {
  /** Of the trigger and its key. */
  readonly key: string;
  /** JSON of the event that it brings. */
  readonly event: string;
  readonly nowMs: number;
  /** Events that close the collection. */
  readonly maxCount: number;
  /** After the first event the collection is closed, whatever their number. */
  readonly withinMs: number;
  readonly expiresAtSeconds: number;
}

/**
 * What a run is to a collection. `opener`: it waits for the window to close; `member`: its event is gathered, and
 * another run performs it; `performer`: it has closed the collection and performs its `count` events; `lost`: another
 * delivery holds the run.
 */
export type CollectionPart =
  | { readonly kind: 'opener'; readonly closesAtMs: number }
  | { readonly kind: 'member' }
  | { readonly kind: 'performer'; readonly collection: string; readonly count: number }
  | { readonly kind: 'lost' };

/**
 * The events that triggers gather. Each step is one transaction with the run's own record, so that no event is in two
 * collections, and every collection is closed by one run alone: the one whose event makes it full, the one that opened
 * it, when the window is over, or the first that comes after that.
 */
export class Collections {
  readonly #client: DynamoDBClient;
  readonly #table: string;

  constructor(client: DynamoDBClient, table: string) {
    this.#client = client;
    this.#table = table;
  }

  /** Adds a run's event to the open collection of its key, or opens one with it. */
  async join(lease: RunLease, terms: JoinOptions): Promise<CollectionPart> {
    for (let tries = 0; tries < maxTries; tries += 1) {
      const found = await this.#read(terms.key);
      const isOpen = found?.state?.S === 'open';
      const next = isOpen ? joined(found, terms) : opened(found, lease, terms);
      const outcome = await transact(this.#client, [
        { Update: this.#assign(lease, terms.key, next) },
        this.#advance(terms, next),
        this.#keep(
          `collected#${next.id}#${next.count}`,
          { event: text(terms.event), runId: text(lease.runId) },
          terms,
        ),
        ...(next.closes ? [this.#keep(`collected#${next.id}#0`, { runId: text(lease.runId) }, terms)] : []),
      ]);
      if (outcome.kind === 'written') {
        return partOf(next);
      }
      if (outcome.by.includes(0)) {
        return { kind: 'lost' };
      }
      await sleep(Math.random() * longestPauseMs);
    }
    throw new Error(`No place in a collection could be had in ${maxTries} tries`);
  }

  /**
   * What becomes of a run that has joined before: the opener closes the collection when its time has come.
   *
   * @param joined the collection that it has joined
   */
  async resume(
    lease: RunLease,
    { id: collection, key }: { readonly id: string; readonly key: string },
    { nowMs, expiresAtSeconds }: Pick<JoinOptions, 'nowMs' | 'expiresAtSeconds'>,
  ): Promise<CollectionPart> {
    for (let tries = 0; tries < maxTries; tries += 1) {
      const found = await this.#read(key);
      const isOpen = found?.state?.S === 'open' && found.collectionId?.S === collection;
      if (!isOpen || !collection.startsWith(lease.runId)) {
        return { kind: 'member' };
      }
      const count = Number(found.count?.N ?? 0);
      const closesAtMs = Number(found.closesAtMs?.N ?? 0);
      if (closesAtMs > nowMs) {
        return { kind: 'opener', closesAtMs };
      }
      const mine = ownedUpdate(this.#table, lease, { set: assign({ collected: number(count) }) });
      const outcome = await transact(this.#client, [
        { Update: mine },
        this.#close(key, collection, count),
        this.#keep(`collected#${collection}#0`, { runId: text(lease.runId) }, { expiresAtSeconds }),
      ]);
      if (outcome.kind === 'written') {
        return { kind: 'performer', collection, count };
      }
      if (outcome.by.includes(0)) {
        return { kind: 'lost' };
      }
    }
    throw new Error(`The collection could not be closed in ${maxTries} tries`);
  }

  /** The events of a collection, as JSON, in the order in which they joined. */
  async events(collection: string, count: number): Promise<readonly string[]> {
    const keys = Array.from({ length: count }, (_none, index) => `collected#${collection}#${index + 1}`);
    const items = await readItems(this.#client, this.#table, keys);
    return keys.flatMap((key) => items.get(key)?.event?.S ?? []);
  }

  async #read(key: string): Promise<Item | undefined> {
    return (await readItems(this.#client, this.#table, [key])).get(key);
  }

  /** On the run: which collection it has joined, and how many events it performs if it closes it. */
  #assign(lease: RunLease, key: string, { id, count, closes }: NextStep): ReturnType<typeof ownedUpdate> {
    return ownedUpdate(this.#table, lease, {
      set: assign({
        collection: text(id),
        collectionKey: text(key),
        collected: closes ? number(count) : undefined,
      }),
      condition: 'attribute_not_exists(#collection)',
    });
  }

  #advance({ key, expiresAtSeconds }: JoinOptions, next: NextStep): TransactWriteItem {
    const { assignments, names, values } = assign({
      collectionId: text(next.id),
      count: number(next.count),
      closesAtMs: number(next.closesAtMs),
      state: text(next.closes ? 'closed' : 'open'),
      expiresAt: number(expiresAtSeconds),
    });
    const { id, count } = next.after;
    const isAsFound =
      id === undefined
        ? 'attribute_not_exists(pk)'
        : '#collectionId = :foundId AND #count = :foundCount AND #state = :foundState';
    const found =
      id === undefined
        ? {}
        : {
            ':foundId': text(id),
            ':foundCount': number(count),
            ':foundState': text(next.after.isOpen ? 'open' : 'closed'),
          };
    return {
      Update: {
        TableName: this.#table,
        Key: { pk: text(key) },
        UpdateExpression: `SET ${assignments}`,
        ConditionExpression: isAsFound,
        ExpressionAttributeNames: { ...names },
        ExpressionAttributeValues: { ...values, ...found },
      },
    };
  }

  #close(key: string, collection: string, count: number): TransactWriteItem {
    return {
      Update: {
        TableName: this.#table,
        Key: { pk: text(key) },
        UpdateExpression: 'SET #state = :closed',
        ConditionExpression: 'collectionId = :id AND #count = :count AND #state = :open',
        ExpressionAttributeNames: { '#state': 'state', '#count': 'count' },
        ExpressionAttributeValues: {
          ':id': text(collection),
          ':count': number(count),
          ':open': text('open'),
          ':closed': text('closed'),
        },
      },
    };
  }

  #keep(
    pk: string,
    attributes: Readonly<Record<string, AttributeValue>>,
    { expiresAtSeconds }: Pick<JoinOptions, 'expiresAtSeconds'>,
  ): TransactWriteItem {
    const Item = { pk: text(pk), ...attributes, expiresAt: number(expiresAtSeconds) };
    return { Put: { TableName: this.#table, Item, ConditionExpression: 'attribute_not_exists(pk)' } };
  }
}

/** The collection as it is after a join. */
interface NextStep {
  readonly id: string;
  readonly count: number;
  readonly closesAtMs: number;
  readonly closes: boolean;
  /** As it was found before; without an id when there was none. */
  readonly after: { readonly id: string | undefined; readonly count: number; readonly isOpen: boolean };
}

function joined(found: Item, { nowMs, maxCount }: JoinOptions): NextStep {
  const id = found.collectionId?.S ?? '';
  const before = Number(found.count?.N ?? 0);
  const closesAtMs = Number(found.closesAtMs?.N ?? 0);
  const closes = before + 1 >= maxCount || closesAtMs <= nowMs;
  return { id, count: before + 1, closesAtMs, closes, after: { id, count: before, isOpen: true } };
}

function opened(
  found: Item | undefined,
  { runId }: RunLease,
  { nowMs, withinMs, maxCount }: JoinOptions,
): NextStep {
  return {
    id: `${runId}-${nowMs}`,
    count: 1,
    closesAtMs: nowMs + withinMs,
    closes: maxCount <= 1,
    after: { id: found?.collectionId?.S, count: Number(found?.count?.N ?? 0), isOpen: false },
  };
}

function partOf({ id, count, closes, closesAtMs }: NextStep): CollectionPart {
  if (closes) {
    return { kind: 'performer', collection: id, count };
  }
  return count === 1 ? { kind: 'opener', closesAtMs } : { kind: 'member' };
}
