import { type LedgerItem, type LedgerTable, number, type WriteOutcome } from './ledgerTable.ts';

/** Key of the pace of all calls to Mavera. */
export const paceKey = 'pace#mavera';

/** Until when Mavera has asked all callers to wait, out of the item `pace#mavera`; 0 when it never has. */
export function heldUntilMs(item: LedgerItem | undefined): number {
  return Number(item?.heldUntilMs?.N ?? 0);
}

/** Races for a slot lost before a run gives up; each means that another run got one. */
const maxTries = 20;

const isNew = 'attribute_not_exists(pk)';
const isWithinHorizon = 'nextSlotAtMs BETWEEN :now AND :horizon';
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
}

/**
 * The shared pace: one item with the moment of the next free slot (the theoretical arrival time of the generic cell rate
 * algorithm). Each slot that is taken moves it on by one interval, atomically: no two environments get the same slot. One
 * item takes about 1,000 writes a second.
 */
export class Pace {
  readonly #table: LedgerTable;

  constructor(table: LedgerTable) {
    this.#table = table;
  }

  /**
   * Takes the next free slot.
   *
   * @throws what the AWS SDK throws when the ledger does not answer; Error when other runs are faster each time
   */
  async takeSlot({ nowMs, intervalMs, horizonMs }: PaceOptions): Promise<SlotOutcome> {
    for (let tries = 0; tries < maxTries; tries += 1) {
      const queued = await this.#update('nextSlotAtMs = nextSlotAtMs + :interval', isWithinHorizon, {
        ':interval': intervalMs,
        ':now': nowMs,
        ':horizon': nowMs + horizonMs,
      });
      if (queued.kind === 'written') {
        return { kind: 'reserved', slotAtMs: queued.nextSlotAtMs - intervalMs };
      }
      // At the horizon as well: DynamoDB compares more digits than a number has here.
      if (queued.nextSlotAtMs >= nowMs + horizonMs) {
        return { kind: 'full', askAgainAtMs: queued.nextSlotAtMs - horizonMs };
      }
      const idle = await this.#update('nextSlotAtMs = :next', `${isNew} OR ${isIdle}`, {
        ':next': nowMs + intervalMs,
        ':now': nowMs,
      });
      if (idle.kind === 'written') {
        return { kind: 'reserved', slotAtMs: nowMs };
      }
    }
    throw new Error(`Could not reserve a rate-limit slot in ${maxTries} tries: other runs took it each time`);
  }

  /** Lets no call start before a moment: slots before it are void, also those given out. A longer hold stays. */
  async holdUntil(untilMs: number): Promise<void> {
    const values = { ':until': untilMs };
    await this.#update('nextSlotAtMs = :until', `${isNew} OR ${isEarlier}`, values);
    await this.#update('heldUntilMs = :until', isHeldLess, values);
  }

  async #update(
    assignment: string,
    condition: string,
    values: Readonly<Record<string, number>>,
  ): Promise<{ readonly kind: WriteOutcome['kind']; readonly nextSlotAtMs: number }> {
    const numbers = Object.entries(values).map(([name, value]) => [name, number(value)]);
    const { kind, item } = await this.#table.update(
      { pk: paceKey, change: `SET ${assignment}`, condition, values: Object.fromEntries(numbers) },
      { returns: 'UPDATED_NEW' },
    );
    return { kind, nextSlotAtMs: Number(item.nextSlotAtMs?.N ?? 0) };
  }
}
