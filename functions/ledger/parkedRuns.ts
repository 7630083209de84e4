import { deflatedParts } from './collectedEvents.ts';
import { type LedgerTable, number, text } from './ledgerTable.ts';
import { laneKeyOf, laneKeys, parkedIndex } from './parkedIndex.ts';
import {
  type ParkedMessage,
  type ParkedRun,
  parkedKey,
  parkedMessage,
  parkedPartKey,
  parkedRun,
  partKeysOf,
} from './parkedItem.ts';
import { countItems, readFirst, readPages } from './queryIndex.ts';

/** Key of the item with the names of all lanes. */
const lanesKey = 'lanes';

const isNew = 'attribute_not_exists(pk)';
const isNotNewer = '#number <= :number';
const isThisParking = '#number = :number';

/** A run to park. */
export interface Parking extends ParkedRun {
  /** The queue message, whole. */
  readonly body: string;
  /** Not before the run has ended: an item that DynamoDB has deleted is not dispatched. */
  readonly expiresAtSeconds: number;
}

/**
 * The runs that wait in the ledger. Each has one item, with its queue message, and one number that grows each time it is
 * parked. Whoever sends the message on deletes the item only if it still has the number that was read.
 *
 * All methods throw what the AWS SDK throws when the ledger does not answer.
 */
export class ParkedRuns {
  readonly #table: LedgerTable;
  readonly #notedLanes = new Set<string>();

  constructor(table: LedgerTable) {
    this.#table = table;
  }

  /**
   * Parks a run, in place of an earlier parking. The further parts of a large message are written first. After a crash
   * they belong to no parked run, and expire.
   *
   * @returns `false` if the run was parked again since: this is a late copy, and changes nothing
   */
  async park({ body, expiresAtSeconds, ...run }: Parking): Promise<boolean> {
    await this.noteLane(run.lane);
    const expiresAt = number(expiresAtSeconds);
    const [message = new Uint8Array(), ...further] = deflatedParts(body);
    for (const [index, part] of further.entries()) {
      const pk = text(parkedPartKey(run.runId, run.number, index));
      await this.#table.put({ item: { pk, part: { B: part }, expiresAt } });
    }
    const { kind } = await this.#table.put({
      item: {
        pk: text(parkedKey(run.runId)),
        lane: text(laneKeyOf(run.lane, run.runId)),
        orderMs: number(run.orderMs),
        trigger: text(run.trigger),
        number: number(run.number),
        endsAtMs: number(run.endsAtMs),
        credits: number(run.credits),
        message: { B: message },
        ...(further.length === 0 ? {} : { furtherParts: number(further.length) }),
        expiresAt,
      },
      condition: `${isNew} OR ${isNotNewer}`,
      values: { ':number': number(run.number) },
    });
    return kind === 'written';
  }

  /**
   * The runs of a lane that come first, in their order. The index may still have a run that was sent on, and not yet one
   * that was parked just now.
   */
  async oldest(lane: string, limit: number): Promise<readonly ParkedRun[]> {
    const ofShards = await Promise.all(
      laneKeys(lane).map((value) => readFirst(this.#table, { index: parkedIndex, value }, limit)),
    );
    return ofShards
      .flat()
      .map(parkedRun)
      .sort((a, b) => a.orderMs - b.orderMs || (a.runId < b.runId ? -1 : 1))
      .slice(0, limit);
  }

  /**
   * All runs of a lane, in as many streams as it has shards. Each comes page by page, in the order of the lane. As in
   * {@link oldest}, the index may be behind the table.
   *
   * @param limit runs a page, at most
   */
  inPages(lane: string, limit: number): readonly AsyncGenerator<readonly ParkedRun[], void>[] {
    return laneKeys(lane).map((value) => parkedPages(this.#table, value, limit));
  }

  /** How many runs a lane has. It reads the whole lane in the index: about 20,000 read units for a million runs. */
  async count(lane: string): Promise<number> {
    const counts = await Promise.all(
      laneKeys(lane).map((value) => countItems(this.#table, { index: parkedIndex, value })),
    );
    return counts.reduce((sum, count) => sum + count, 0);
  }

  /** A parked run as it is now; `undefined` if it is not parked. */
  async read(runId: string): Promise<ParkedRun | undefined> {
    const item = await this.#table.readOne(parkedKey(runId));
    return item === undefined ? undefined : parkedRun(item);
  }

  /**
   * The messages of parked runs, as they are now, all in memory.
   *
   * @returns by run id; without runs that are not parked any more, and those whose message is not complete
   */
  async readMessages(runIds: readonly string[]): Promise<ReadonlyMap<string, ParkedMessage>> {
    const items = await this.#table.read([...new Set(runIds)].map(parkedKey));
    const parts = await this.#table.read([...items.values()].flatMap(partKeysOf));
    return new Map(
      [...items.values()].flatMap((item) => {
        const message = parkedMessage(item, parts);
        return message === undefined ? [] : [[parkedRun(item).runId, message] as const];
      }),
    );
  }

  /**
   * Deletes a parked run whose message was sent on, and the parts of that message.
   *
   * @param parkingNumber the number that was read with the message
   * @returns whether it was still parked by that number
   */
  async unpark(runId: string, parkingNumber: number): Promise<boolean> {
    const { kind, item } = await this.#table.delete({
      pk: parkedKey(runId),
      condition: isThisParking,
      values: { ':number': number(parkingNumber) },
    });
    if (kind === 'refused') {
      return false;
    }
    for (const pk of partKeysOf(item)) {
      await this.#table.delete({ pk });
    }
    return true;
  }

  /** Lists a lane, so that the dispatcher looks at it. This process writes each lane once. */
  async noteLane(lane: string): Promise<void> {
    if (this.#notedLanes.has(lane)) {
      return;
    }
    await this.#table.update({
      pk: lanesKey,
      change: 'ADD #names :lane',
      values: { ':lane': { SS: [lane] } },
    });
    this.#notedLanes.add(lane);
  }

  /** The names of all lanes that have ever been used, in alphabetical order. */
  async lanes(): Promise<readonly string[]> {
    const names = (await this.#table.readOne(lanesKey))?.names?.SS ?? [];
    return names.toSorted();
  }
}

async function* parkedPages(
  table: LedgerTable,
  value: string,
  limit: number,
): AsyncGenerator<readonly ParkedRun[], void> {
  for await (const items of readPages(table, { index: parkedIndex, value }, limit)) {
    yield items.map(parkedRun);
  }
}
