import { type LedgerItem, type LedgerTable, number, type WriteOutcome } from './ledgerTable.ts';

/** Key of the pace of all calls to Mavera. */
export const paceKey = 'pace#mavera';

/**
 * Share of a system's limit that is used. Slots are spaced evenly over 60 s. At 97 %, one call may be up to
 * 60 s / 0.97 - 60 s = 1.85 s later after its slot than another, and every window of 60 s still keeps the limit. A call to
 * Mavera may start 1 s late. The rest is for the network and the remaining difference between clocks.
 */
export const usedShareOfLimit = 0.97;

/** Until when Mavera has asked all callers to wait, out of the item `pace#mavera`; 0 when it never has. */
export function heldUntilMs(item: LedgerItem | undefined): number {
  return Number(item?.heldUntilMs?.N ?? 0);
}

/** Races for a slot lost before a run gives up; each means that another run got one. */
const maxTries = 20;

const isNew = 'attribute_not_exists(pk)';
const startsInTime = 'nextSlotAtMs BETWEEN :now AND :lastStart';
const isIdle = 'nextSlotAtMs < :now';
const isEarlier = 'nextSlotAtMs < :until';
const isHeldLess = 'attribute_not_exists(heldUntilMs) OR heldUntilMs < :until';

/** A slot, or from when on it is worth asking again. */
export type SlotOutcome =
  | { readonly kind: 'reserved'; readonly slotAtMs: number }
  | { readonly kind: 'full'; readonly askAgainAtMs: number };

/** How fast slots follow one another, and how far ahead they are given out. */
export interface PaceOptions {
  readonly nowMs: number;
  /** Between two slots. */
  readonly intervalMs: number;
  /** No slot is given out that is further ahead. */
  readonly horizonMs: number;
  /**
   * The next free slot as it was seen a moment ago, if it was. If it lay in the past, nobody waits, and the slot is now: that
   * saves a write. If others were faster, it only costs one.
   */
  readonly seenNextSlotAtMs?: number | undefined;
}

/** A block of slots to take at once. */
export interface BlockOptions extends PaceOptions {
  /** The most slots to take. */
  readonly count: number;
}

interface TakenSlots {
  /** None if the next free slot is beyond the horizon. */
  readonly slotsAtMs: readonly number[];
  /** The first slot that is free after them. */
  readonly nextSlotAtMs: number;
}

/**
 * The shared pace of the calls to a system: one item with the moment of the next free slot (the theoretical arrival time of the generic cell rate
 * algorithm). Slots that are taken move it on by one interval each, atomically: no two environments get the same slot. One
 * item takes about 1,000 writes a second.
 */
export class Pace {
  readonly #table: LedgerTable;
  readonly #key: string;

  /** @param limit name of the system's limit */
  constructor(table: LedgerTable, limit = 'mavera') {
    this.#table = table;
    this.#key = `pace#${limit}`;
  }

  /**
   * Takes the next free slot.
   *
   * @throws what the AWS SDK throws when the ledger does not answer; Error when other runs are faster each time
   */
  async takeSlot(pace: PaceOptions): Promise<SlotOutcome> {
    const { slotsAtMs, nextSlotAtMs } = await this.#take(1, pace);
    const [slotAtMs] = slotsAtMs;
    return slotAtMs === undefined
      ? { kind: 'full', askAgainAtMs: nextSlotAtMs - pace.horizonMs }
      : { kind: 'reserved', slotAtMs };
  }

  /**
   * Takes the next free slots in one write.
   *
   * @returns when they are, one interval apart: `count` of them, or fewer if no more are left before the horizon
   * @throws as {@link takeSlot} does
   */
  async takeSlots({ count, ...pace }: BlockOptions): Promise<readonly number[]> {
    return count > 0 ? (await this.#take(count, pace)).slotsAtMs : [];
  }

  /**
   * Takes the next free slot if it lies between two moments. Otherwise nothing is taken: a slot later than the next one
   * would leave those before it unused.
   *
   * @throws what the AWS SDK throws when the ledger does not answer
   */
  async takeSlotBetween(fromMs: number, untilMs: number, intervalMs: number): Promise<number | undefined> {
    const { kind, nextSlotAtMs } = await this.#update('nextSlotAtMs = nextSlotAtMs + :length', startsInTime, {
      ':length': intervalMs,
      ':now': fromMs,
      ':lastStart': untilMs,
    });
    return kind === 'written' ? nextSlotAtMs - intervalMs : undefined;
  }

  /** Lets no call start before a moment: slots before it are void, also those given out. A longer hold stays. */
  async holdUntil(untilMs: number): Promise<void> {
    const values = { ':until': untilMs };
    await this.#update('nextSlotAtMs = :until', `${isNew} OR ${isEarlier}`, values);
    await this.#update('heldUntilMs = :until', isHeldLess, values);
  }

  async #take(
    count: number,
    { nowMs, intervalMs, horizonMs, seenNextSlotAtMs = nowMs }: PaceOptions,
  ): Promise<TakenSlots> {
    const untilMs = nowMs + horizonMs;
    let wanted = Math.min(count, slotsBetween(nowMs, untilMs, intervalMs));
    if (seenNextSlotAtMs < nowMs && (await this.#takeFromNow(wanted, nowMs, intervalMs))) {
      return slotsFrom(nowMs, wanted, intervalMs);
    }
    for (let tries = 0; tries < maxTries; tries += 1) {
      const lastStartMs = Math.max(nowMs, untilMs - (wanted - 1) * intervalMs);
      const queued = await this.#update('nextSlotAtMs = nextSlotAtMs + :length', startsInTime, {
        ':length': wanted * intervalMs,
        ':now': nowMs,
        ':lastStart': lastStartMs,
      });
      if (queued.kind === 'written') {
        return slotsFrom(queued.nextSlotAtMs - wanted * intervalMs, wanted, intervalMs);
      }
      // At the last start as well: DynamoDB compares more digits than a number has here.
      if (queued.nextSlotAtMs >= lastStartMs) {
        wanted = Math.min(wanted - 1, slotsBetween(queued.nextSlotAtMs, untilMs, intervalMs));
        if (wanted <= 0) {
          return { slotsAtMs: [], nextSlotAtMs: queued.nextSlotAtMs };
        }
        continue;
      }
      if (await this.#takeFromNow(wanted, nowMs, intervalMs)) {
        return slotsFrom(nowMs, wanted, intervalMs);
      }
    }
    throw new Error(`Could not reserve a rate-limit slot in ${maxTries} tries: other runs took it each time`);
  }

  /** @returns whether the slots from now on were free, and are taken */
  async #takeFromNow(count: number, nowMs: number, intervalMs: number): Promise<boolean> {
    const { kind } = await this.#update('nextSlotAtMs = :next', `${isNew} OR ${isIdle}`, {
      ':next': nowMs + count * intervalMs,
      ':now': nowMs,
    });
    return kind === 'written';
  }

  async #update(
    assignment: string,
    condition: string,
    values: Readonly<Record<string, number>>,
  ): Promise<{ readonly kind: WriteOutcome['kind']; readonly nextSlotAtMs: number }> {
    const numbers = Object.entries(values).map(([name, value]) => [name, number(value)]);
    const { kind, item } = await this.#table.update(
      { pk: this.#key, change: `SET ${assignment}`, condition, values: Object.fromEntries(numbers) },
      { returns: 'UPDATED_NEW' },
    );
    return { kind, nextSlotAtMs: Number(item.nextSlotAtMs?.N ?? 0) };
  }
}

/** How many slots there are from one moment to another, both included. */
function slotsBetween(fromMs: number, untilMs: number, intervalMs: number): number {
  return Math.floor((untilMs - fromMs) / intervalMs) + 1;
}

function slotsFrom(startMs: number, length: number, intervalMs: number): TakenSlots {
  return {
    slotsAtMs: Array.from({ length }, (_none, index) => startMs + index * intervalMs),
    nextSlotAtMs: startMs + length * intervalMs,
  };
}
